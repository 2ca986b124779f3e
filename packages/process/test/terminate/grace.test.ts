import { describe, expect, it } from '@jest/globals';

import { endTree } from '../../src/terminate/grace.ts';
import type { Tree } from '../../src/terminate/tree.ts';

/** A tree of members that each end on a signal of their own; newcomers appear when nobody else is left. */
class FakeTree implements Tree {
  readonly log: string[] = [];
  #alive: (NodeJS.Signals | 'SIGKILL')[];
  readonly #later: NodeJS.Signals[];

  constructor(alive: NodeJS.Signals[], later: NodeJS.Signals[] = []) {
    this.#alive = alive;
    this.#later = later;
  }

  signal(killSignal: NodeJS.Signals): Promise<void> {
    this.log.push(killSignal);
    this.#alive = this.#alive.filter((end) => end !== killSignal && killSignal !== 'SIGKILL');
    return Promise.resolve();
  }

  isAlive(): boolean {
    return this.#alive.length > 0;
  }

  signalNewcomers(killSignal: NodeJS.Signals): Promise<boolean> {
    const newcomer = this.#later.shift();
    if (newcomer === undefined) return Promise.resolve(false);
    this.log.push(`new ${killSignal}`);
    if (newcomer !== killSignal && killSignal !== 'SIGKILL') this.#alive.push(newcomer);
    return Promise.resolve(true);
  }
}

const policy = { killSignal: 'SIGTERM', gracePeriodMs: 5 } as const;

describe('Good', () => {
  it('endTree asks politely, and that is enough', async () => {
    const tree = new FakeTree(['SIGTERM', 'SIGTERM']);
    expect(await endTree(tree, policy)).toBe(false);
    expect(tree.log).toEqual(['SIGTERM']);
  });

  it('endTree kills after the grace period', async () => {
    const tree = new FakeTree(['SIGTERM', 'SIGHUP']);
    expect(await endTree(tree, policy)).toBe(true);
    expect(tree.log).toEqual(['SIGTERM', 'SIGKILL']);
  });
});

describe('Bad', () => {
  it('endTree has nothing to do for a tree that is gone', async () => {
    const tree = new FakeTree([]);
    expect(await endTree(tree, policy)).toBe(false);
  });

  it('endTree does not call it an escalation where SIGKILL was asked for', async () => {
    expect(await endTree(new FakeTree(['SIGHUP']), { killSignal: 'SIGKILL', gracePeriodMs: 0 })).toBe(false);
  });

  it('endTree kills at once without a grace period', async () => {
    const tree = new FakeTree(['SIGHUP']);
    expect(await endTree(tree, { killSignal: 'SIGTERM', gracePeriodMs: 0 })).toBe(true);
    expect(tree.log).toEqual(['SIGTERM', 'SIGKILL']);
  });
});

describe('Ugly', () => {
  it('endTree looks for those that came meanwhile until there are none', async () => {
    const tree = new FakeTree(['SIGTERM'], ['SIGTERM', 'SIGTERM']);
    expect(await endTree(tree, { killSignal: 'SIGTERM', gracePeriodMs: 1000 })).toBe(false);
    expect(tree.log).toEqual(['SIGTERM', 'new SIGTERM', 'new SIGTERM']);
  });

  it('endTree kills those that come after the grace period', async () => {
    const tree = new FakeTree(['SIGHUP'], ['SIGHUP']);
    expect(await endTree(tree, policy)).toBe(true);
    expect(tree.log).toEqual(['SIGTERM', 'SIGKILL', 'new SIGKILL']);
  });
});
