// @ts-check
/** What the command line of the release pipeline asks for. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { archiveFormats, parseTargets, PROJECT_MARKERS } from '@core/build';

import { here } from './tell.mjs';

const SBOM_FORMATS = /** @type {const} */ (['cyclonedx', 'spdx']);
const FORMATS = archiveFormats();
const TYPES = PROJECT_MARKERS.map(({ type }) => type);

export const USAGE = `Usage: npm start -- [folder] [options]

Builds the project in the folder (the sample beside this program, where none is named) for every target, packs, checks
and describes what was made. What is not said here is taken from .core/build.yaml in the project, or from the defaults.

  --targets <list>  what it is built for, as linux/amd64,darwin/arm64
  --type <type>     of a project of several types, the one that is built:
                    ${TYPES.slice(0, 6).join(', ')},
                    ${TYPES.slice(6).join(', ')}
  --out <folder>    where the release is put; dist in the project by default
  --format <format> of the archives: ${FORMATS.join(', ')}
  --sbom <format>   a bill of materials, too: ${SBOM_FORMATS.join(' or ')}
  --provenance      a statement of how it was made, too
  --sign            sign, with the keys of .core/build.yaml or of the environment (GPG_KEY_ID); --no-sign does not
  --dry-run         build for real, change nothing, and list what would be written
  --help            print this`;

/** What is asked for, as `buildProject` takes it. */
export function readCommandLine() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      targets: { type: 'string' },
      type: { type: 'string' },
      out: { type: 'string' },
      format: { type: 'string' },
      sbom: { type: 'string' },
      provenance: { type: 'boolean' },
      sign: { type: 'boolean' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [dir, ...others] = positionals;
  if (others.length > 0) throw new TypeError(`One folder at a time, not ${positionals.join(' and ')}`);
  const format = oneOf(values.format, 'format', FORMATS);
  return {
    help: values.help,
    dir: dir === undefined ? fileURLToPath(new URL('sample', import.meta.url)) : resolve(here, dir),
    targets: values.targets === undefined ? undefined : parseTargets(values.targets),
    type: oneOf(values.type, 'type', TYPES),
    outputDir: values.out === undefined ? undefined : resolve(here, values.out),
    archive: format === undefined ? undefined : { format },
    sbom: oneOf(values.sbom, 'sbom', SBOM_FORMATS),
    provenance: values.provenance,
    sign: values.sign,
    dryRun: values['dry-run'],
  };
}

/**
 * @template {string} Word
 * @param {string | undefined} value
 * @param {string} option
 * @param {readonly Word[]} words
 * @returns {Word | undefined}
 */
function oneOf(value, option, words) {
  const word = words.find((one) => one === value);
  if (value !== undefined && word === undefined) {
    throw new TypeError(`--${option} is one of ${words.join(', ')}, not ${value}`);
  }
  return word;
}
