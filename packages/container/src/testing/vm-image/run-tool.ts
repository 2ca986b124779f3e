import { isCoreError } from '@core/io';
import { command } from '@core/process/exec';

import { ContainerError } from '../../errors.ts';

/** Debian's packages with the tools that make the image. */
const PACKAGES: Readonly<Record<string, string>> = {
  'apt-cache': 'apt',
  'apt-get': 'apt',
  'qemu-img': 'qemu-utils',
  'ssh-keygen': 'openssh-client',
  'dpkg-deb': 'dpkg',
  gcc: 'gcc libc6-dev',
  'musl-gcc': 'musl-tools gcc',
};

/** How a tool is run. */
export interface RunToolOptions {
  readonly dir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a tool to its end; what it wrote to stdout. */
export async function runTool(
  [name, ...args]: readonly [name: string, ...args: string[]],
  { dir, signal }: RunToolOptions = {},
): Promise<string> {
  let tool = command(name, ...args).env({ LC_ALL: 'C.UTF-8' });
  if (dir !== undefined) tool = tool.dir(dir);
  if (signal !== undefined) tool = tool.signal(signal);
  try {
    return await tool.output();
  } catch (error) {
    throw isMissing(error) ? missing(name, error) : error;
  }
}

/** Whether an error says that there is no such program. */
export function isMissing(error: unknown): boolean {
  if (error instanceof ContainerError) return error.code === 'ERR_CONTAINER_TOOL_MISSING';
  const outcome = isCoreError(error) && 'outcome' in error ? (error.outcome as { what?: unknown }) : undefined;
  return outcome?.what === 'command';
}

function missing(name: string, cause: unknown): ContainerError {
  return new ContainerError(`Cannot make the test image: ${name} is not on the PATH`, {
    code: 'ERR_CONTAINER_TOOL_MISSING',
    op: 'container.testImage',
    hint: `On Debian: apt-get install ${PACKAGES[name] ?? name}`,
    cause,
  });
}
