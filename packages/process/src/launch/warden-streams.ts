import { connect, type Socket } from 'node:net';

import type { LaunchPlan } from './launcher.ts';

/** What the warden gives its child as one of the three streams. */
export type WardenTarget = 'ignore' | 'inherit' | number | { readonly pipe: number };

/** The three streams as the warden's children get them. */
export function targetsOf({ stdio, isMerged }: LaunchPlan): WardenTarget[] {
  const all = [stdio.stdin, stdio.stdout, stdio.stderr];
  return all.map((target, stream) => (target === 'pipe' ? { pipe: isMerged && stream === 2 ? 1 : stream } : target));
}

/** The streams for which this program and the warden connect. */
export function pipesOf(targets: readonly WardenTarget[]): number[] {
  return [...new Set(targets.flatMap((target) => (typeof target === 'object' ? [target.pipe] : [])))];
}

/** The warden has this program's own three streams, as they were when it began, and no other descriptor. */
export function canHandOver({ stdio }: LaunchPlan): boolean {
  return [stdio.stdin, stdio.stdout, stdio.stderr].every((target) => typeof target !== 'number' || target <= 2);
}

/** Connects once for each stream; where one of them fails, none is left. */
export async function connectAll(
  path: string,
  streams: readonly number[],
  greeting: string,
): Promise<ReadonlyMap<number, Socket>> {
  const sockets = new Map(streams.map((stream) => [stream, open(path, stream)]));
  try {
    await Promise.all([...sockets].map(([stream, socket]) => greet(socket, `${greeting} ${String(stream)}`)));
    return sockets;
  } catch (error) {
    for (const socket of sockets.values()) socket.destroy();
    throw error;
  }
}

/**
 * As a pipe of Node's own would be: stdin is only written to, and the others are over when the other end is closed.
 * Nothing is read before somebody listens, so that whoever has started a process can hear its first word.
 */
function open(path: string, stream: number): Socket {
  return stream === 0 ? connect({ path, readable: false, allowHalfOpen: true }) : connect({ path }).pause();
}

function greet(socket: Socket, greeting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on('error', reject); // later ones are the end of the stream and nothing else
    socket.write(greeting, () => {
      resolve();
    });
  });
}
