import { ok } from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';

import type { Container } from '../../container.ts';
import { ContainerError, type ContainerErrorCode } from '../../errors.ts';
import type { RunOptions } from '../../run-options.ts';
import type {
  ConformingManager,
  ManagerConformanceCase,
  ManagerFeature,
  ManagerSubject,
} from '../manager-conformance.ts';

/** What a case has in its hands. */
export interface Bench {
  readonly subject: ManagerSubject;
  readonly manager: ConformingManager;
  /** Another manager of the same machines. */
  readonly other: () => Promise<ConformingManager>;
  /** Starts a machine that is there when the guest is up. */
  readonly up: (options?: RunOptions) => Promise<Container>;
  /** Starts one that is there when its hypervisor runs. */
  readonly started: (options?: RunOptions) => Promise<Container>;
}

/** A case; what it starts is ended, whatever comes of it. */
export function behaviour(
  name: string,
  work: (bench: Bench) => Promise<void>,
  requires: readonly ManagerFeature[] = [],
): ManagerConformanceCase {
  return { name, requires, run: (subject) => onBench(subject, work) };
}

async function onBench(subject: ManagerSubject, work: (bench: Bench) => Promise<void>): Promise<void> {
  const manager = await subject.open();
  const opened = [manager];
  const other = async (): Promise<ConformingManager> => {
    const another = await subject.open();
    opened.push(another);
    return another;
  };
  const started = (options?: RunOptions): Promise<Container> =>
    manager.run(subject.image, { detach: true, ...subject.options, ...options });
  const up = (options?: RunOptions): Promise<Container> => started({ waitFor: subject.ready, ...options });
  try {
    await work({ subject, manager, other, up, started });
  } finally {
    for (const { id } of await manager.list()) await manager.remove(id, { force: true });
    for (const each of opened) await each.close();
  }
}

/** The error that something is refused with. */
export async function refusal(code: ContainerErrorCode, work: Promise<unknown>): Promise<ContainerError> {
  const error: unknown = await work.then(
    (value) => new Error(`it was not refused, but came to ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  ok(error instanceof ContainerError && error.code === code, `wanted ${code}, got ${String(error)}`);
  ok(error.message.length > 0 && error.op.length > 0);
  return error;
}

/** All of a console. */
export async function textOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const piece of pieces) chunks.push(piece);
  return Buffer.concat(chunks).toString('utf8');
}

/** Resolves when there is no process of this number any more. */
export async function processEnded(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await setImmediate();
  }
}
