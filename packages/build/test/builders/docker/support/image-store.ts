import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { tempDir } from '../../../support/temp-project.ts';

/** A store of its own for podman and buildah, removed after the tests of the file. */
export interface ImageStore {
  /** The environment in which the tools use it, and need nothing of the machine that a container lacks. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of all images, and ids of all containers, also of those that a build works in. */
  contents(tool: 'buildah' | 'podman'): string[];
  /** What a tool prints. */
  ask(tool: 'buildah' | 'podman', ...args: string[]): string;
}

export function imageStore(more: Readonly<Record<string, string>> = {}): ImageStore {
  const dir = tempDir();
  const config = join(dir, 'storage.conf');
  writeFileSync(
    config,
    `[storage]\ndriver = "vfs"\nrunroot = ${JSON.stringify(join(dir, 'run'))}\ngraphroot = ${JSON.stringify(join(dir, 'graph'))}\n`,
  );
  const env = {
    ...(process.env as Record<string, string>),
    CONTAINERS_STORAGE_CONF: config,
    BUILDAH_ISOLATION: 'chroot',
    ...more,
  };
  const ask = (tool: string, ...args: string[]): string => {
    const { status, stderr, stdout } = spawnSync(tool, args, { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${tool} ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  };
  const lines = (text: string) => text.split('\n').filter(Boolean);
  return {
    env,
    ask,
    contents: (tool) => [
      ...lines(
        ask(tool, 'images', '--all', '--format', tool === 'podman' ? '{{.Repository}}:{{.Tag}}' : '{{.Name}}:{{.Tag}}'),
      ),
      ...lines(
        tool === 'podman'
          ? ask(tool, 'ps', '--all', '--external', '--quiet')
          : ask(tool, 'containers', '--all', '--quiet'),
      ),
    ],
  };
}
