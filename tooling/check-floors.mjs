/** Imports only go down: between packages and inside each; the rules are in dependency-cruiser.cjs. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const depcruise = fileURLToPath(new URL('node_modules/dependency-cruiser/bin/dependency-cruise.mjs', import.meta.url));
const config = fileURLToPath(new URL('dependency-cruiser.cjs', import.meta.url));
const { status } = spawnSync(process.execPath, [depcruise, '--config', config, 'packages'], {
  cwd: fileURLToPath(new URL('../', import.meta.url)),
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
