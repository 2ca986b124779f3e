import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { AgentConnection } from '../../src/agent/agent-connection.ts';
import { FRAME } from '../../src/agent/frame.ts';

describe('Ugly', () => {
  it('AgentConnection.drained listens once, however many wait for it, and again for those that come later', async () => {
    let taken: () => void = () => undefined;
    const stream = new Duplex({
      highWaterMark: 1,
      read: () => undefined,
      write: (_, __, done) => {
        taken = done;
      },
    });
    const connection = new AgentConnection(stream as Socket);
    for (let round = 0; round < 2; round += 1) {
      const before = stream.listenerCount('close');
      expect(connection.send(1, FRAME.stdin)).toBe(false);
      const waiting = Array.from({ length: 20 }, () => connection.drained());
      expect([stream.listenerCount('drain'), stream.listenerCount('close') - before]).toEqual([1, 1]);
      taken();
      await Promise.all(waiting);
      expect([stream.listenerCount('drain'), stream.listenerCount('close') - before]).toEqual([0, 0]);
    }
    connection.lose('over');
    await connection.drained();
  });
});
