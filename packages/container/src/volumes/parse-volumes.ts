import { posix } from 'node:path';

import type { RunOptions } from '../run-options.ts';

/** A volume as it was asked for. */
export interface VolumeRequest {
  /** A path of the host, as it was given. */
  readonly source: string;
  /** Absolute path in the guest, without a `/` at its end. */
  readonly target: string;
  readonly readOnly: boolean;
}

const READ_ONLY = ':ro';

/** Refuses volumes that no guest could mount. */
export function checkVolumes(volumes: RunOptions['volumes']): void {
  if (
    volumes !== undefined &&
    (typeof volumes !== 'object' || (volumes as unknown) === null || Array.isArray(volumes))
  ) {
    throw new TypeError('volumes must be an object from directories of the host to paths of the guest');
  }
  parseVolumes(volumes);
}

/**
 * What is to be seen in the guest, in the order of the options.
 *
 * @throws `TypeError` for a guest path that is not absolute, is `/`, or is wanted twice.
 */
export function parseVolumes(volumes: RunOptions['volumes'] = {}): VolumeRequest[] {
  const requests = Object.entries(volumes).map(([source, place]) => parseVolume(source, place));
  const targets = new Set<string>();
  for (const { source, target } of requests) {
    if (targets.has(target))
      throw new TypeError(`volumes[${quote(source)}]: ${quote(target)} is in use by another volume`);
    targets.add(target);
  }
  return requests;
}

function parseVolume(source: string, place: unknown): VolumeRequest {
  const name = `volumes[${quote(source)}]`;
  if (source === '' || source.includes('\0')) throw new TypeError('volumes must name directories of this machine');
  if (typeof place !== 'string') throw new TypeError(`${name} must be a path in the guest, not a ${typeof place}`);
  const readOnly = place.endsWith(READ_ONLY);
  const path = readOnly ? place.slice(0, -READ_ONLY.length) : place;
  if (!path.startsWith('/') || path.includes('\0') || path.split('/').includes('..')) {
    throw new TypeError(`${name} must be an absolute path in the guest without "..", not ${quote(path)}`);
  }
  const target = posix.normalize(path).replace(/\/+$/, '');
  if (target === '') throw new TypeError(`${name} must not be the guest's own root`);
  return { source, target, readOnly };
}

function quote(text: string): string {
  return JSON.stringify(text);
}
