import { connect } from 'node:net';

/** A hypervisor that is up answers within milliseconds. */
const KNOCK_MS = 500;

/**
 * Comes to a control socket as one more client every half a second, and goes at once, until there is this answer.
 *
 * While QEMU starts, it hands this socket over from one of its threads to another. On a busy computer both may see the
 * first client: one takes it, the other one waits in `accept` for a next one, and until that comes nothing that the first
 * one asks is carried out. Found in QEMU 7.2; told, with its mend for later versions, at
 * https://lore.kernel.org/qemu-devel/20251125140706.114197-1-mail@jiesong.me/
 */
export async function knockUntil<T>(path: string, answer: Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    const socket = connect(path, () => socket.destroy());
    socket.on('error', () => undefined); // nobody there yet, or no room to wait in: then no thread waits either
  }, KNOCK_MS);
  try {
    return await answer;
  } finally {
    clearInterval(timer);
  }
}
