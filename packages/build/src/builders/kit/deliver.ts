import { copy, localMedium } from '@core/io';

import type { Artifact } from '../../artifact.ts';
import type { BuilderConfig, BuilderOptions } from '../../builder.ts';
import { pathBelow } from '../../paths.ts';
import type { Target } from '../../target.ts';
import { folderName } from './command-targets.ts';

/** A file that suits every target. */
export interface Delivery extends BuilderOptions {
  /** Where it is on the disk. */
  readonly file: string;
  /** What it is called in the release. */
  readonly name: string;
}

/** Puts one file into the folder of every target, with its mode. */
export async function deliver(
  { medium, outputDir }: BuilderConfig,
  targets: readonly Target[],
  { file, name, signal }: Delivery,
): Promise<Artifact[]> {
  const disk = localMedium();
  const { size } = await disk.stat(file, { signal });
  const artifacts: Artifact[] = [];
  for (const target of targets) {
    const path = pathBelow(outputDir, `${folderName(target)}/${name}`);
    await copy(disk, file, medium, path, { signal });
    artifacts.push({ path, os: target.os, arch: target.arch, kind: 'binary', size });
  }
  return artifacts;
}
