import type { Medium } from '@core/io';

import type { Volume } from '../container.ts';
import { ContainerError } from '../errors.ts';
import type { VolumeRequest } from './parse-volumes.ts';

/** How the volumes of a machine are made. */
export interface FindVolumesOptions {
  readonly medium: Medium;
  readonly driver: Volume['driver'];
  readonly signal?: AbortSignal | undefined;
}

/**
 * The directories that a guest will see, each under a tag that says nothing of its path: so no two are alike, and none is
 * longer than the hypervisor takes.
 *
 * @throws `ERR_CONTAINER_VOLUME_NOT_FOUND` for what is no directory.
 */
export async function findVolumes(
  requests: readonly VolumeRequest[],
  { medium, driver, signal }: FindVolumesOptions,
): Promise<Volume[]> {
  const volumes: Volume[] = [];
  for (const [index, { source: path, target, readOnly }] of requests.entries()) {
    const isDir = await medium.isDir(path, { signal });
    const source = isDir ? await medium.realPath(path, { signal }) : undefined;
    if (source === undefined) throw notFound(path, target);
    volumes.push({ source, target, tag: `core${String(index)}`, readOnly, driver });
  }
  return volumes;
}

function notFound(path: string, target: string): ContainerError {
  return new ContainerError(`Cannot mount ${JSON.stringify(path)} on ${JSON.stringify(target)}: it is no directory`, {
    code: 'ERR_CONTAINER_VOLUME_NOT_FOUND',
    op: 'container.run',
    path,
    hint: 'Make the directory first.',
  });
}
