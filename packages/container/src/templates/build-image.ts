import type { CancelOptions, Medium } from '@core/io';
import { ProcessError, type Service } from '@core/process';

import { ContainerError } from '../errors.ts';

/** An image that is to be built from a filled-in template. */
export interface ImageRequest extends CancelOptions {
  readonly content: string;
  /** `kernel+initrd`, `iso-bios`, `qcow2-bios`, … */
  readonly format: string;
  /** Folder for the image. */
  readonly dir: string;
  /** What its files are called. */
  readonly name: string;
}

/** Builds an image; gives the paths of what it made. */
export type ImageBuilder = (request: ImageRequest) => Promise<readonly string[]>;

interface Tools {
  readonly medium: Medium;
  readonly service: Service;
}

/** Runs `linuxkit build`, which reads the template from its stdin. */
export async function buildWithLinuxKit(request: ImageRequest, { medium, service }: Tools): Promise<readonly string[]> {
  const { content, format, dir, name, signal } = request;
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
    throw new RangeError(`The name of an image must be letters, digits and . _ -, not ${JSON.stringify(name)}`);
  }
  await medium.ensureDir(dir, { signal });
  const target = (await medium.realPath(dir, { signal })) ?? dir;
  const args = ['build', '--format', format, '--name', name, '--dir', target, '-'];
  try {
    await service.run('linuxkit', args, { input: content, signal });
  } catch (error) {
    throw error instanceof ProcessError ? failed(error, name) : error;
  }
  const entries = await medium.list(dir, { signal });
  return entries.filter((entry) => entry.kind === 'file' && belongsTo(entry.name, name)).map(({ path }) => path);
}

function belongsTo(file: string, name: string): boolean {
  return file === name || file.startsWith(`${name}.`) || file.startsWith(`${name}-`);
}

function failed(cause: ProcessError, name: string): ContainerError {
  const { outcome } = cause;
  const isMissing = outcome?.kind === 'spawnFailed' && outcome.what === 'command' && outcome.code === 'ENOENT';
  if (!isMissing) {
    return new ContainerError(`Cannot build the image ${JSON.stringify(name)}: ${cause.message}`, {
      code: 'ERR_CONTAINER_TOOL_FAILED',
      op: 'template.build',
      id: name,
      output: cause.message,
      cause,
    });
  }
  return new ContainerError(`Cannot build the image ${JSON.stringify(name)}: there is no linuxkit on this machine`, {
    code: 'ERR_CONTAINER_TOOL_MISSING',
    op: 'template.build',
    id: name,
    hint: 'Install LinuxKit: brew install linuxkit/linuxkit/linuxkit, or https://github.com/linuxkit/linuxkit/releases. Or hand in a builder.',
    cause,
  });
}
