/**
 * Makes a fresh clone ready, with Node and npm alone: installs the workspace with its pinned pnpm where the installed
 * packages are not those of the lockfile and, with `--build`, builds the packages (what is unchanged is not built again).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const read = (path) => {
  const url = new URL(path, root);
  return existsSync(url) ? readFileSync(url, 'utf8') : undefined;
};
const { engines, packageManager } = JSON.parse(read('package.json'));

/** Ends the set-up with what went wrong and what to do. */
function stop(what, hint) {
  console.error(`\nset-up: ${what}\n        ${hint}`);
  process.exit(1);
}

/** Runs a command in front of the user; says where it failed. */
function run(what, command, args, options = {}) {
  const started = performance.now();
  console.log(`set-up: ${what} …`);
  const { status, error } = spawnSync(command, args, { cwd: fileURLToPath(root), stdio: 'inherit', ...options });
  if (error !== undefined || status !== 0) {
    stop(`${what} failed (${error?.message ?? `exit code ${status}`})`, `Command: ${command} ${args.join(' ')}`);
  }
  console.log(`set-up: ${what}: done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Major and minor of a version, as one number that can be compared. */
const comparable = (version) => {
  const [major, minor] = version.match(/\d+/g).map(Number);
  return major * 1000 + minor;
};

if (comparable(process.versions.node) < comparable(engines.node)) {
  stop(`this is Node ${process.versions.node}`, `The libraries need Node ${engines.node}.`);
}

if (read('node_modules/.pnpm/lock.yaml') !== read('pnpm-lock.yaml')) {
  const [pnpm] = packageManager.split('+');
  const install = ['--yes', pnpm, 'install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'];
  run('installing the packages of the lockfile (the first time takes a minute)', 'npx', install, {
    shell: process.platform === 'win32',
    // pnpm asks before it replaces a folder of modules unless it is told that nobody is there to answer
    env: { ...process.env, CI: 'true' },
  });
}

if (process.argv.includes('--build')) {
  const turbo = createRequire(import.meta.url).resolve('turbo/bin/turbo');
  const args = [fileURLToPath(new URL('turbo.mjs', import.meta.url)), 'run', 'build', '--output-logs=errors-only'];
  if (!existsSync(turbo)) stop('turbo is not installed', 'Delete node_modules and try again.');
  run('building what changed', process.execPath, args);
}
