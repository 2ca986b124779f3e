import nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DiskMedium, type Medium, MemoryMedium } from '@core/io';
import { toNodeFs } from '@core/io/node-fs';
import { createFsFromVolume, Volume } from 'memfs';

import type { Stage } from './behaviour.ts';

/** A stage, and how to clear it away. */
export interface OpenStage extends Stage {
  close(): void;
}

function stage(fs: unknown, root: string, close: () => void = () => undefined): OpenStage {
  return { fs: fs as typeof nodeFs, at: (path) => (path === '' ? root : `${root}/${path}`), close };
}

function scratch(): { root: string; close: () => void } {
  const root = nodeFs.mkdtempSync(join(tmpdir(), 'core-battery-'));
  const close = (): void => {
    nodeFs.rmSync(root, { recursive: true, force: true });
  };
  return { root, close };
}

async function overMedium(medium: Medium, close?: () => void): Promise<OpenStage> {
  await medium.ensureDir('stage');
  return stage(toNodeFs(medium), '/stage', close);
}

/** The truth: Node's own `fs` in a directory of its own. */
export function nodeStage(): OpenStage {
  const { root, close } = scratch();
  return stage(nodeFs, root, close);
}

export function memoryStage(): Promise<OpenStage> {
  return overMedium(new MemoryMedium());
}

export function diskStage(): Promise<OpenStage> {
  const { root, close } = scratch();
  return overMedium(new DiskMedium({ root }), close);
}

export function memfsStage(): OpenStage {
  const volume = Volume.fromJSON({});
  volume.mkdirSync('/stage');
  return stage(createFsFromVolume(volume), '/stage');
}
