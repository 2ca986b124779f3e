import { randomUUID } from 'node:crypto';

import { type CancelOptions, localMedium } from '@core/io';
import type { ProcessResult, Service } from '@core/process';

import { ContainerError } from '../errors.ts';

/** Who runs `qemu-img`. */
export interface DiskOptions extends CancelOptions {
  readonly service: Service;
}

const LOCAL = localMedium();

/**
 * Makes a disk with `qemu-img create`, whole or not at all: it appears under its name when it is done.
 *
 * @throws `ERR_CONTAINER_TOOL_MISSING`; `ERR_CONTAINER_DISK_FAILED` with its own words.
 */
export async function makeDisk(
  path: string,
  args: readonly string[],
  { service, signal }: DiskOptions,
  size: readonly string[] = [],
): Promise<void> {
  signal?.throwIfAborted();
  const unfinished = `${path}.${randomUUID()}`;
  try {
    const command = ['create', '-q', '-f', 'qcow2', ...args, unfinished, ...size];
    const result = await service.run('qemu-img', command, { reject: false, capture: true, output: 'merged', signal });
    if (!result.ok) throw failure(path, result);
    await LOCAL.rename(unfinished, path, { signal });
  } finally {
    await LOCAL.deleteAll(unfinished);
  }
}

function failure(path: string, result: ProcessResult): ContainerError {
  const { outcome } = result;
  if (outcome.kind === 'spawnFailed' && outcome.what === 'command') return missing(path, result);
  const output = result.output.trim() === '' ? String(causeOf(result)) : result.output.trim();
  return new ContainerError(`Cannot make the disk ${JSON.stringify(path)}: ${output.replace(/^qemu-img: /, '')}`, {
    code: 'ERR_CONTAINER_DISK_FAILED',
    op: 'image.disk',
    path,
    output,
    hint: 'See that there is room on the disk, and that its folder may be written to.',
  });
}

function missing(path: string, result: ProcessResult): ContainerError {
  return new ContainerError(`Cannot make the disk ${JSON.stringify(path)}: there is no qemu-img on this machine`, {
    code: 'ERR_CONTAINER_TOOL_MISSING',
    op: 'image.disk',
    path,
    hint: 'Install it: apt-get install qemu-utils (Debian), dnf install qemu-img (Fedora), brew install qemu (macOS).',
    cause: causeOf(result),
  });
}

function causeOf(result: ProcessResult): unknown {
  try {
    return result.unwrap();
  } catch (error) {
    return error;
  }
}
