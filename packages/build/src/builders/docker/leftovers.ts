import { isCoreError, localMedium } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { askTool } from '../kit/ask-tool.ts';
import { runInProject } from '../kit/command-targets.ts';
import { answerOf } from './probe.ts';

/**
 * Podman and buildah leave the container that they work in behind where they are ended. It is found by a secret that
 * the build was given and never uses: that is kept beside the container, and does not get into the image.
 */
export function marker(mark: string): string[] {
  return ['--secret', `id=${mark},src=/dev/null`];
}

/** Elsewhere they work in a virtual machine, which notices when its client is gone. */
export function isMarkable(): boolean {
  return process.platform === 'linux';
}

/**
 * Does work with an environment in which the tool keeps its temporary files in a folder, which is gone afterwards. A
 * user without a runtime folder has one below `TMPDIR`, with the locks of the store: that must stay where it is.
 */
export async function withTemporaryFolder(
  { env }: BuilderConfig,
  folder: string,
  work: (env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  if (!isMarkable() || (process.getuid?.() !== 0 && env['XDG_RUNTIME_DIR'] === undefined)) return work({});
  const disk = localMedium();
  try {
    await disk.ensureDir(folder);
    await work({ TMPDIR: folder });
  } finally {
    await disk.deleteAll(folder);
  }
}

/** Removes the containers that a build has left in the store. It cannot be cancelled, and does what it can. */
export async function removeLeftovers(tool: 'buildah' | 'podman', config: BuilderConfig, mark: string): Promise<void> {
  if (!isMarkable()) return;
  const left = await containersWith(tool, config, mark);
  const force = tool === 'podman' ? ['--force'] : [];
  for (const id of left) await runInProject(config, { command: tool, args: ['rm', ...force, id] }, {});
}

/** Where the store is, and in which form. */
const STORES = {
  buildah: '{{.store.GraphRoot}}\t{{.store.GraphDriverName}}',
  podman: '{{.Store.GraphRoot}}\t{{.Store.GraphDriverName}}',
} as const;

async function containersWith(tool: 'buildah' | 'podman', config: BuilderConfig, mark: string): Promise<string[]> {
  const answer = await answerOf(askTool(config, { command: tool, args: ['info', '--format', STORES[tool]] }));
  if (!answer.ok) return [];
  const [root = '', driver = ''] = answer.text.split('\t');
  const disk = localMedium();
  const folder = `${root}/${driver}-containers`;
  const found: string[] = [];
  try {
    for (const { kind, name } of await disk.list(folder)) {
      if (kind !== 'dir') continue;
      const state = await disk.read(`${folder}/${name}/userdata/buildah.json`).catch(() => '');
      if (state.includes(mark)) found.push(name);
    }
  } catch (error) {
    if (!isCoreError(error)) throw error;
  }
  return found;
}
