// @ts-check
/** What the release pipeline says to people: progress, the result, and what went wrong. */
import { dirname, extname, relative } from 'node:path';

import { formatTarget } from '@core/build';

/** Where the user is: npm goes to the folder of package.json before it starts a script. */
export const here = process.env['INIT_CWD'] ?? process.cwd();

/** @param {string} path */
function shown(path) {
  const near = relative(here, path) || '.';
  return near.startsWith('..') ? path : near;
}

/**
 * Text as a shell takes it, to be pasted; no file is taken for an option.
 *
 * @param {string} name
 */
function quoted(name) {
  const file = name.startsWith('-') ? `./${name}` : name;
  return /^[\w./:@%+=,-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
}

/** @param {string} path */
const pasted = (path) => quoted(shown(path));

/** @param {number | undefined} bytes */
function sizeOf(bytes) {
  if (bytes === undefined) return '';
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {import('@core/build').BuildEvent} event */
export function tellEvent(event) {
  switch (event.type) {
    case 'project-found':
      return console.log(`Project  ${shown(event.dir)} (${event.types.join(', ')})`);
    case 'config-loaded':
      console.log(`Config   ${event.path === undefined ? 'none: the defaults' : shown(event.path)}`);
      return console.log(`Targets  ${event.targets.map(formatTarget).join(', ')}\n`);
    case 'step-started':
      return console.log(`• ${event.message}`);
    case 'command-output':
      return event.line.trim() === '' ? undefined : console.log(`    ${event.line}`);
    case 'archive-written':
      return console.log(`    ${shown(event.archive.path)}`);
    case 'warning':
      return console.log(`  ! ${event.message}`);
    case 'published':
      return event.removed.forEach((path) => console.log(`    removed ${shown(path)}`));
  }
}

/** @type {Readonly<Record<string, string>>} */
const LISTERS = { '.gz': 'tar -tzvf', '.xz': 'tar -tJvf', '.zst': 'tar --zstd -tvf', '.zip': 'unzip -t' };

/** @param {import('@core/build').BuildProjectResult} result */
export function tellResult(result) {
  const { archives, changes, checksumFile, manifest, manifestFile, provenanceFile, sbomFile, signatures } = result;
  const { name, version } = manifest.project;
  const head = ['target', 'archive', 'size', 'sha256'];
  const rows = archives.map((one) => [
    formatTarget(one),
    shown(one.path),
    sizeOf(one.size),
    one.checksum?.slice(0, 12) ?? '',
  ]);
  console.log(`\n${name} ${version}\n\n${table([head, ...rows])}\n`);
  if (changes !== undefined) return tellChanges(changes);
  const folder = dirname(manifestFile);
  console.log('Everything was read back and is right. See for yourself:\n');
  for (const { path } of archives) console.log(`  ${LISTERS[extname(path)] ?? 'tar -tvf'} ${pasted(path)}`);
  if (checksumFile !== undefined)
    console.log(`  (cd ${pasted(folder)} && sha256sum -c ${quoted(relative(folder, checksumFile))})`);
  for (const { path } of signatures)
    console.log(`  gpg --verify ${pasted(path)} ${pasted(path.replace(/\.asc$/, ''))}`);
  for (const path of [sbomFile, provenanceFile]) if (path !== undefined) console.log(`  less ${pasted(path)}`);
}

/** @param {readonly import('@core/build').PlannedChange[]} changes */
function tellChanges(changes) {
  const files = changes.filter(({ kind, type }) => kind !== 'dir' || type === 'delete');
  console.log(`Nothing was written. Without --dry-run it would be:\n`);
  console.log(table(files.map(({ type, path, size }) => [type, shown(path), sizeOf(size)])));
}

/** @param {readonly (readonly string[])[]} rows */
function table(rows) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** @type {Readonly<Record<string, string>>} */
const REMEDIES = {
  ENOSPC: 'Free some space on that disk, or name a folder on another one with --out.',
  EACCES: 'Name a folder that you may write to with --out.',
  EROFS: 'Name a folder that can be written to with --out.',
};

/** @param {unknown} error */
export function tellError(error) {
  const { code, hint, message, output } = /** @type {Error & Record<string, string | undefined>} */ (error);
  console.error(`\n${message}`);
  if (output !== undefined && output !== '') console.error(`\n    ${output.replaceAll('\n', '\n    ')}\n`);
  const remedy = hint ?? REMEDIES[code ?? ''];
  if (remedy !== undefined) console.error(`What to do: ${remedy}`);
}
