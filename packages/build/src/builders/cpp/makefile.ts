import type { CancelOptions, Medium } from '@core/io';

import { folderOf, pathBelow } from '../../paths.ts';
import { textIfThere } from '../kit/text-if-there.ts';

/** What a Makefile says without being run. */
export interface Makefile {
  /** Its path in the medium. */
  readonly path: string;
  /** The targets that have rules, also in files that it includes. */
  readonly targets: ReadonlySet<string>;
  /** Whether it looks at what it is to build for. */
  readonly crosses: boolean;
}

/** In the order in which GNU make looks: https://www.gnu.org/software/make/manual/html_node/Makefile-Names.html */
const NAMES = ['GNUmakefile', 'makefile', 'Makefile'];

/** How deep files include each other. */
const MOST_INCLUDES = 16;

/** How those that CMake makes begin. */
const GENERATED = '# CMAKE generated file';
/** Variables that say what to build for. */
const CROSSES = /\$[({](?:TARGET|OS|ARCH|CC|CXX|CMAKE_TOOLCHAIN_FILE|CONAN_PROFILE)\b/;
const DEFINITION = /^define\b[^]*?^endef\b.*$/gm;
const INCLUDE = /^ *(?:-include|s?include)\s+(?<files>.+)$/;

/** Targets before a colon; an assignment after it makes a variable of them. */
const RULE =
  /^(?<targets>[^:=#]+?)&?::?(?!:{0,2}=)(?!\s*(?:(?:export|override|private)\s+)*[\w.-]+\s*(?:[?+!]|:{1,3})?=)/;

/** The Makefile of a folder; `undefined` where there is none, or one that CMake has made. */
export async function readMakefile(
  medium: Medium,
  dir: string,
  options: CancelOptions = {},
): Promise<Makefile | undefined> {
  for (const name of NAMES) {
    const path = pathBelow(dir, name);
    const text = await textIfThere(medium, path, options);
    if (text === undefined) continue;
    if (text.startsWith(GENERATED)) return undefined;
    const texts = [text, ...(await included(medium, { dir, text, signal: options.signal }))];
    return { path, targets: new Set(texts.flatMap(targetsIn)), crosses: texts.some((one) => CROSSES.test(one)) };
  }
  return undefined;
}

interface Including extends CancelOptions {
  readonly dir: string;
  readonly text: string;
}

/** The files that are included by plain names inside the project. */
async function included(medium: Medium, { dir, text, signal }: Including): Promise<string[]> {
  const [texts, waiting, seen] = [new Array<string>(), [text], new Set<string>()];
  for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
    for (const file of includesIn(one)) {
      if (seen.has(file) || seen.size >= MOST_INCLUDES) continue;
      seen.add(file);
      const found = await textIfThere(medium, pathBelow(dir, file), { signal });
      if (found === undefined) continue;
      texts.push(found);
      waiting.push(found);
    }
  }
  return texts;
}

function includesIn(text: string): string[] {
  return logicalLines(text).flatMap((line) => {
    const files = INCLUDE.exec(line)?.groups?.['files']?.trim().split(/\s+/) ?? [];
    return files.filter((file) => !/[$*?[]/.test(file) && !file.startsWith('/') && folderOf(file) !== '..');
  });
}

function targetsIn(text: string): string[] {
  return logicalLines(text).flatMap((line) => RULE.exec(line)?.groups?.['targets']?.trim().split(/\s+/) ?? []);
}

/** Lines that are no recipe, with those that go on joined, and without comments and definitions of several lines. */
function logicalLines(text: string): string[] {
  const joined = text.replace(/\r\n/g, '\n').replace(/\\\n\s*/g, ' ');
  return joined
    .replace(DEFINITION, '')
    .split('\n')
    .filter((line) => !line.startsWith('\t'))
    .map((line) => line.replace(/(?<!\\)#.*$/, '').trimEnd());
}
