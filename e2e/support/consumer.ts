import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const workspace = fileURLToPath(new URL('../../', import.meta.url));
// the package exports its manifest alone
const pnpm = join(dirname(createRequire(import.meta.url).resolve('pnpm')), 'bin/pnpm.cjs');

/** An empty project outside the workspace, with the five packages installed from their tarballs by npm. */
export interface Consumer extends AsyncDisposable {
  readonly directory: string;
  /** Runs a file of the project with a Node; its standard output. */
  run(node: string, file: string, ...args: string[]): Promise<string>;
}

/** Packs, makes the project, installs, and copies the fixtures beside. */
export async function installConsumer(): Promise<Consumer> {
  const directory = await mkdtemp(join(tmpdir(), 'core-consumer-'));
  const tarballs = await pack(join(directory, 'tarballs'));
  const manifest = { name: 'consumer', private: true, dependencies: tarballs, overrides: tarballs };
  await writeFile(join(directory, 'package.json'), JSON.stringify(manifest));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'], { cwd: directory });
  for (const name of await readdir(fixtures)) await copyFile(join(fixtures, name), join(directory, name));
  return {
    directory,
    async run(node, file, ...args) {
      return (await run(node, [file, ...args], { cwd: directory })).stdout;
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

async function pack(destination: string): Promise<Record<string, string>> {
  await mkdir(destination);
  const folders = await readdir(join(workspace, 'packages'));
  const packed = await Promise.all(
    folders.map(async (folder) => {
      const cwd = join(workspace, 'packages', folder);
      const args = [pnpm, 'pack', '--json', '--pack-destination', destination];
      const { stdout } = await run(process.execPath, args, { cwd });
      const { name, filename } = JSON.parse(stdout) as { name: string; filename: string };
      return [name, `file:${filename}`] as const;
    }),
  );
  return Object.fromEntries(packed);
}
