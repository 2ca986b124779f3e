/**
 * The one gate: after the build every check, the longest beside the others, each with what it says and the time that it
 * took; ends at the first that fails. `--no-tests` leaves the tests to whoever runs them next.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const BUILD = ['build', 'node tooling/turbo.mjs run build --output-logs=errors-only'];
const TESTS = ['tests', 'node tooling/jest.mjs'];
const LANES = [
  [['lint', 'eslint . --max-warnings 0']],
  [
    ['types', 'tsc --build'],
    ['format', 'prettier --check --log-level warn .'],
    ['floors', 'node tooling/check-floors.mjs'],
    ['unused', 'knip'],
    ['docs', 'node tooling/check-docs.mjs'],
    ['exports', 'node tooling/check-exports.mjs'],
    ['changesets', 'node tooling/check-changesets.mjs'],
  ],
];

/** Runs checks one after the other, as long as none has failed anywhere. What they say is shown when they are over. */
async function runAll(checks, isShownAtOnce = false) {
  for (const [name, command] of checks) {
    if (process.exitCode === 1) return;
    const started = performance.now();
    const child = spawn(command, { shell: true, stdio: ['ignore', isShownAtOnce ? 'inherit' : 'pipe', 'inherit'] });
    const [said, [code]] = await Promise.all([child.stdout === null ? '' : text(child.stdout), once(child, 'close')]);
    process.stdout.write(said);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`check ${name}: ${code === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
    if (code !== 0) process.exitCode = 1;
  }
}

await runAll([BUILD]);
await Promise.all(LANES.map((checks) => runAll(checks)));
if (!process.argv.includes('--no-tests')) await runAll([TESTS], true);
