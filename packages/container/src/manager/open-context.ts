import { homedir } from 'node:os';

import { type CancelOptions, isCoreError, localMedium, type Medium } from '@core/io';
import { type Logger, Service } from '@core/process';
import type { ProcessBus } from '@core/process/core';

import { ContainerError } from '../errors.ts';
import { getHypervisor } from '../hypervisors/detect.ts';
import type { Hypervisor } from '../hypervisors/hypervisor.ts';
import { State } from '../state/state.ts';
import { AgentDesk } from './agent-desk.ts';
import { checkNumber, checkObject, checkSignal, checkText, describe } from './check.ts';
import type { ManagerContext } from './context.ts';

/** What a {@link LinuxKitManager} is made from. */
export interface LinuxKitManagerOptions extends CancelOptions {
  /** Where the state is, and where images, volumes and keys are looked for: a disk. `localMedium()` unless it is given. */
  readonly medium?: Medium | undefined;
  /** A directory of the medium; `.core` in the home directory unless it is given. */
  readonly stateDir?: string | undefined;
  /** Runs the machines; the best one of this system unless it, or its name, is given. */
  readonly hypervisor?: Hypervisor | string | undefined;
  /** A console's log that is larger is put aside, and the last three pieces are kept; 16 MiB unless it is given. */
  readonly maxLogBytes?: number | undefined;
  /** Is told what goes wrong without being anybody's error; nobody is unless it is given. */
  readonly logger?: Logger | undefined;
  /** The bus that is told of the hypervisors and tools that are started, and how they ended. */
  readonly core?: ProcessBus | undefined;
}

const nothing = (): void => undefined;
const SILENT: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** @throws `TypeError`, `RangeError`, `ERR_CONTAINER_STATE_UNWRITABLE`, `ERR_CONTAINER_PATH_TOO_LONG` */
export async function openContext(options: LinuxKitManagerOptions): Promise<ManagerContext> {
  checkObject('options', options);
  checkText('stateDir', options.stateDir);
  checkNumber('maxLogBytes', options.maxLogBytes, 1, Number.MAX_SAFE_INTEGER);
  checkSignal(options.signal);
  const { medium = localMedium(), stateDir = `${homedir()}/.core`, logger = SILENT, core, signal } = options;
  const { maxLogBytes } = options;
  const hypervisor = typeof options.hypervisor === 'string' ? getHypervisor(options.hypervisor) : options.hypervisor;
  checkObject('hypervisor', hypervisor);
  signal?.throwIfAborted();
  await prepare(medium, stateDir, signal);
  const realStateDir = await realPathOf(medium, stateDir, signal);
  const onProblem = (problem: Error): void => {
    logger.warn(problem.message, { error: problem });
  };
  const state = await State.open({ medium, stateDir, onProblem, signal });
  const service = new Service(core === undefined ? {} : { core });
  const agents = new AgentDesk();
  return {
    medium,
    localDisk: localMedium(),
    stateDir,
    realStateDir,
    state,
    service,
    agents,
    logger,
    maxLogBytes,
    hypervisor,
  };
}

async function prepare(medium: Medium, path: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await medium.ensureDir(path, { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    if (!isCoreError(cause)) throw cause;
    throw new ContainerError(`Cannot keep machines in ${JSON.stringify(path)}: ${cause.message}`, {
      ...{ code: 'ERR_CONTAINER_STATE_UNWRITABLE', op: 'container.open', path, cause },
      hint: 'Choose a directory that can be written with `stateDir`.',
    });
  }
}

/** On the whole disk a link stays what it is: a short one is the way around a path that is too long for sockets. */
async function realPathOf(medium: Medium, stateDir: string, signal: AbortSignal | undefined): Promise<string> {
  if (!medium.capabilities.realPath) {
    throw new TypeError(`medium must be a disk, where hypervisors find files, not ${describe(medium)}`);
  }
  if (medium.capabilities.sandbox === 'none') return (await medium.stat(stateDir, { signal })).path;
  const real = await medium.realPath(stateDir, { signal });
  if (real !== undefined) return real;
  throw new TypeError(`stateDir must be a directory on a disk, not ${JSON.stringify(stateDir)}`);
}
