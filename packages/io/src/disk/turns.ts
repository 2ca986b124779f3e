import { setImmediate } from 'node:timers';

/** How long calls that are done at once may go on before timers, sockets and signals have their turn. */
const TURN_MS = 8;

let turnBegan: number | undefined;

/**
 * What is to be waited for before the next call that is done at once; usually nothing. A loop that awaits thousands of
 * such calls would else never give the event loop its turn, as an `await` alone does not.
 */
export function nextTurn(): Promise<void> | undefined {
  const now = performance.now();
  if (turnBegan === undefined) {
    turnBegan = now;
    setImmediate(() => {
      turnBegan = undefined;
    });
    return undefined;
  }
  if (now - turnBegan < TURN_MS) return undefined;
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Makes a primitive that is done at once wait for its turn where one is due. */
export function inTurn<A extends unknown[], T>(primitive: (...args: A) => T): (...args: A) => T | Promise<Awaited<T>> {
  return (...args) => {
    const turn = nextTurn();
    if (turn === undefined) return primitive(...args);
    return turn.then(() => primitive(...args)) as Promise<Awaited<T>>;
  };
}
