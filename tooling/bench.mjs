/**
 * Builds, then runs the benchmarks named (all without a name): `npm run bench -- io`. `--write` renews their rows of
 * docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const setup = spawnSync(process.execPath, [fileURLToPath(new URL('setup.mjs', import.meta.url)), '--build'], {
  stdio: 'inherit',
});
if (setup.status !== 0) process.exit(1);

const files = readdirSync(new URL('bench/', root)).filter((file) => file.endsWith('.bench.mjs'));
const wanted = files.filter((file) => named.length === 0 || named.includes(file.replace('.bench.mjs', '')));
if (wanted.length === 0) {
  console.error(`No benchmark is called ${named.join(', ')}: there are ${files.join(', ')}`);
  process.exit(1);
}

const results = [];
for (const file of wanted) {
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
  console.log(`\n${file} on Node ${process.versions.node}, ${cpus().length} cores, load ${load}`);
  const { run } = await import(new URL(`bench/${file}`, root).href);
  for (const result of await run()) results.push({ file, load, ...result });
}

if (process.argv.includes('--write')) {
  const page = new URL('docs/benchmarks.md', root);
  const names = new Set(wanted.map((file) => file.replace('.bench.mjs', '')));
  const kept = readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((row) => row.split(' | ').map((cell) => cell.replaceAll('|', '').trim()))
    .filter(([name]) => files.includes(`${name}.bench.mjs`) && !names.has(name));
  const made = results.map(({ file, question, peer, ratio, want, load }) => [
    ...[file.replace('.bench.mjs', ''), question, peer, ratio.toFixed(2), want, load],
  ]);
  const rows = [...kept, ...made]
    .toSorted(([a], [b]) => files.indexOf(`${a}.bench.mjs`) - files.indexOf(`${b}.bench.mjs`))
    .map((cells) => `| ${cells.join(' | ')} |`);
  const text = `# Benchmarks

Written by \`npm run bench -- --write\` on Node ${process.versions.node} with ${cpus().length} cores. A ratio is our time divided
by the peer's in the same round, the median of all rounds; below 1 is quicker. How it is measured, and the traps:
[bench/README.md](../bench/README.md).

| file | question | peer | ratio | wanted | load |
| ---- | -------- | ---- | ----- | ------ | ---- |
${rows.join('\n')}
`;
  writeFileSync(page, text);
}
