import { type CancelOptions, isCoreError, localMedium, type Medium } from '@core/io';

import { ContainerError } from '../errors.ts';
import type { MachinePaths } from '../hypervisors/hypervisor.ts';
import type { MachineEnd } from '../machine/exit-reason.ts';
import { rest } from '../machine/rest.ts';
import { tailOf } from '../machine/tail.ts';
import { untilConsoleShows } from './console-watch.ts';
import { describeCheck } from './describe-check.ts';
import { answersHttp, type GuestPort, showsBanner } from './guest-port.ts';
import { keepTrying, tryOnce } from './keep-trying.ts';
import type { ReadyCheck } from './ready-check.ts';

/** The machine that is waited for. */
export interface ReadyContext extends CancelOptions {
  readonly id: string;
  readonly paths: Pick<MachinePaths, 'log'>;
  /** Host port to guest port. */
  readonly ports: Readonly<Record<number, number>>;
  /** The host port that leads to the guest's port 22. */
  readonly sshPort: number;
  readonly bindAddress: string;
  /** Where in the console's log the output of this run begins. */
  readonly logStart: number;
  readonly timeoutMs: number;
  /** Resolves when the machine has ended: `MachineControl.waitForExit`. */
  readonly ended: (options: CancelOptions) => Promise<MachineEnd>;
  /** Runs a command in the guest. It may reject as long as the guest is not up. */
  readonly exec: (command: readonly string[], options: CancelOptions) => Promise<{ readonly exitCode: number }>;
  /** Resolves when the guest's agent has answered. It may reject as long as it is not up. */
  readonly agent: (options: CancelOptions) => Promise<unknown>;
  /** Must be the whole disk: `localMedium()` unless it is given. */
  readonly medium?: Medium | undefined;
}

type Waited = (signal: AbortSignal) => Promise<unknown>;

const COMMAND_MS = 10_000;
const PAUSE_MS = 100;
const CONSOLE_BYTES = 2_048;

/**
 * Waits until a machine is ready, at the longest until it has ended. Resolves at once for `started`.
 *
 * @throws `RangeError` for a guest port that is not forwarded; `ERR_CONTAINER_NOT_READY` with the end of the console
 *   where it ends before, or is not ready in time; the reason of the signal.
 */
export async function waitUntilReady(check: ReadyCheck, context: ReadyContext): Promise<void> {
  const { timeoutMs, ended, signal } = context;
  signal?.throwIfAborted();
  const ready = waitFor(check, context);
  const over = new AbortController();
  const either = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  const steps = [
    ready(either).then(() => 'ready' as const),
    ended({ signal: either }),
    rest(timeoutMs, { signal: either }).then(() => 'late' as const),
  ];
  for (const step of steps) step.catch(() => undefined);
  try {
    const first = await Promise.race(steps);
    if (first !== 'ready') throw await notReady(check, context, first);
  } finally {
    over.abort();
  }
}

/** What has to be waited for; what cannot be is refused before anything begins. */
function waitFor(check: ReadyCheck, context: ReadyContext): Waited {
  if (check === 'started') return () => Promise.resolve();
  if (check === 'ssh') return waitFor({ port: 22, banner: 'SSH-' }, context);
  if (check === 'agent') return untilDone((signal) => context.agent({ signal }).then(() => true));
  if ('all' in check) return allOf(check.all.map((one) => waitFor(one, context)));
  if ('any' in check) return anyOf(check.any.map((one) => waitFor(one, context)));
  if ('console' in check) return untilShown(check.console, context);
  if ('command' in check) return untilRun(check.command, context);
  if ('httpPort' in check) {
    const target = guestPort(check.httpPort, context);
    return (signal) => keepTrying((one) => answersHttp(target, check, one), { signal });
  }
  const target = guestPort(check.port, context);
  return (signal) => keepTrying((one) => showsBanner(target, check.banner, one), { signal });
}

function allOf(parts: readonly Waited[]): Waited {
  return (signal) => Promise.all(parts.map((part) => part(signal)));
}

/** The others end with the wait. */
function anyOf(parts: readonly Waited[]): Waited {
  return (signal) => Promise.race(parts.map((part) => part(signal)));
}

function untilShown(pattern: RegExp | string, { paths, logStart: start, medium }: ReadyContext): Waited {
  return (signal) => untilConsoleShows(medium ?? localMedium(), paths.log, { pattern, start, signal });
}

function untilRun(command: readonly string[], { exec }: ReadyContext): Waited {
  return untilDone(async (signal) => (await exec(command, { signal })).exitCode === 0);
}

/** One try after the other; what the world refuses may come to something the next time. */
function untilDone(attempt: (signal: AbortSignal) => Promise<boolean>): Waited {
  const patient = async (signal: AbortSignal): Promise<boolean> => {
    try {
      return await attempt(signal);
    } catch (error) {
      if (isCoreError(error)) return false;
      throw error;
    }
  };
  return async (signal) => {
    const begunMs = performance.now();
    const tryMs = (): number => COMMAND_MS + (performance.now() - begunMs) / 2; // a guest may be slow
    while (!(await tryOnce(patient, tryMs(), signal))) await rest(PAUSE_MS, { signal });
  };
}

/** The port of this machine that leads to a port of the guest. */
function guestPort(guest: number, { id, ports, sshPort, bindAddress }: ReadyContext): GuestPort {
  const forwarded = Object.entries(ports).find(([, to]) => to === guest)?.[0];
  const port = forwarded === undefined && guest === 22 ? sshPort : Number(forwarded);
  if (!(port > 0)) {
    throw new RangeError(
      `waitFor must name a forwarded port: port ${String(guest)} of machine "${id}" is not forwarded`,
    );
  }
  return { port, host: bindAddress === '0.0.0.0' ? '127.0.0.1' : bindAddress };
}

async function notReady(check: ReadyCheck, context: ReadyContext, why: MachineEnd | 'late'): Promise<ContainerError> {
  const { id, paths, logStart, timeoutMs, medium = localMedium() } = context;
  const output = (await tailOf(medium, paths.log, CONSOLE_BYTES, logStart)).trim();
  const wanted = describeCheck(check);
  const reason =
    why === 'late'
      ? `it was not ready within ${String(timeoutMs)} ms, which is when ${wanted}`
      : `it ended (${why.reason}) before ${wanted}${why.words === '' ? '' : `; its hypervisor said: ${why.words}`}`;
  const shown = output === '' ? 'its console showed nothing' : `its console ended with:\n${output}`;
  return new ContainerError(`Cannot wait for machine "${id}" any longer: ${reason}; ${shown}`, {
    ...{ code: 'ERR_CONTAINER_NOT_READY', op: 'machine.ready', id, path: paths.log, output },
    hint: hintFor(why, output),
  });
}

function hintFor(why: MachineEnd | 'late', output: string): string {
  if (why === 'late') return 'Give it more time, or look at its log.';
  return output === '' && why.reason === 'guest-reset' ? 'The image does not boot.' : 'Look at its log.';
}
