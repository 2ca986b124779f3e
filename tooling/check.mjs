/**
 * The one gate: every check, one after the other, with the time that each took; stops at the first that fails.
 * `--no-tests` leaves the tests to whoever runs them next.
 */
import { spawnSync } from 'node:child_process';

const GATES = [
  ['build', 'node tooling/turbo.mjs run build --output-logs=errors-only'],
  ['types', 'tsc --build'],
  ['format', 'prettier --check --log-level warn .'],
  ['lint', 'eslint . --max-warnings 0'],
  ['floors', 'node tooling/check-floors.mjs'],
  ['unused', 'knip'],
  ['docs', 'node tooling/check-docs.mjs'],
  ['exports', 'node tooling/check-exports.mjs'],
  ['changesets', 'node tooling/check-changesets.mjs'],
  ['tests', 'node tooling/jest.mjs'],
];

const wanted = process.argv.includes('--no-tests') ? GATES.filter(([name]) => name !== 'tests') : GATES;
for (const [name, command] of wanted) {
  const started = performance.now();
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`check ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
  if (status !== 0) {
    process.exitCode = 1;
    break;
  }
}
