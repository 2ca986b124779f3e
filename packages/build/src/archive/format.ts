import { BuildError } from '../errors.ts';
import type { Target } from '../target.ts';
import type { ArchiveEncoder, ArchiveFormat } from './encoder.ts';
import { tarGzEncoder } from './tar-gz.ts';
import { tarXzEncoder } from './tar-xz.ts';
import { tarZstEncoder } from './tar-zst.ts';
import { zipEncoder } from './zip.ts';

export type { ArchiveFormat } from './encoder.ts';

const ENCODERS: readonly ArchiveEncoder[] = [tarGzEncoder, tarXzEncoder, tarZstEncoder, zipEncoder];

/**
 * The formats that can be written and read.
 *
 * @example
 * ```ts
 * import { archiveFormats } from '@core/build';
 *
 * assert.deepEqual(archiveFormats(), ['gz', 'xz', 'zst', 'zip']);
 * ```
 */
export function archiveFormats(): ArchiveFormat[] {
  return ENCODERS.map(({ format }) => format);
}

/**
 * The encoder for a target: `format` is what was asked for, and Windows always gets zip.
 *
 * @throws `ERR_BUILD_FORMAT_UNSUPPORTED` for a format that is not in {@link archiveFormats}.
 */
export function encoderFor(target: Target, format: ArchiveFormat): ArchiveEncoder {
  encoderOf(format); // a format that cannot be had is refused for Windows too
  return encoderOf(target.os === 'windows' ? 'zip' : format);
}

function encoderOf(format: ArchiveFormat): ArchiveEncoder {
  const encoder = ENCODERS.find((candidate) => candidate.format === format);
  if (encoder !== undefined) return encoder;
  throw new BuildError(`Cannot make an archive of the format ${JSON.stringify(format)}: it is not supported`, {
    code: 'ERR_BUILD_FORMAT_UNSUPPORTED',
    op: 'build.archive',
    hint: `Supported are ${archiveFormats().join(', ')}.`,
  });
}
