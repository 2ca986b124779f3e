import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { connectPair, type SocketPair, socketPair } from '../../src/launch/socket-pair.ts';

const read = async ({ ours }: SocketPair): Promise<string> => {
  let text = '';
  ours.on('data', (bytes: Buffer) => (text += bytes.toString()));
  ours.resume();
  await once(ours, 'end');
  ours.destroy();
  return text;
};

interface Listening extends AsyncDisposable {
  readonly server: Server;
  readonly path: string;
  /** Is in the queue of those who want to connect when it returns. */
  stranger(): Socket;
}

const listening = async (): Promise<Listening> => {
  const directory = mkdtempSync(join(tmpdir(), 'socket-pair-'));
  const path = join(directory, 'socket');
  const server = createServer().listen(path);
  await once(server, 'listening');
  const strangers: Socket[] = [];
  return {
    server,
    path,
    stranger: () => {
      const stranger = connect({ path }).on('error', () => undefined);
      strangers.push(stranger.resume());
      return stranger;
    },
    [Symbol.asyncDispose]: async () => {
      for (const stranger of strangers) stranger.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true });
    },
  };
};

describe('Good', () => {
  it('socketPair has two ends of one connection, and the first has said nothing', async () => {
    const pair = await socketPair();
    expect(pair.ours.isPaused()).toBe(true);
    pair.theirs.end('one\ntwo');
    expect(await read(pair)).toBe('one\ntwo');
    pair.theirs.destroy();
  });

  it('socketPair makes many at once, each its own', async () => {
    const pairs = await Promise.all(Array.from({ length: 50 }, () => socketPair()));
    for (const [index, { theirs }] of pairs.entries()) theirs.end(String(index));
    expect(await Promise.all(pairs.map(read))).toEqual(pairs.map((_, index) => String(index)));
    for (const { theirs } of pairs) theirs.destroy();
  });
});

describe('Bad', () => {
  it('socketPair is refused on Windows', async () => {
    await expect(socketPair('win32')).rejects.toMatchObject({ code: 'ENOTSUP' });
  });

  it('connectPair rejects with the error of the system, and lets go of the connection', async () => {
    const server = createServer();
    await expect(connectPair(server, join(tmpdir(), 'nobody-listens-here'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('connectPair rejects where the system closes its connection, as for want of a descriptor', async () => {
    await using there = await listening();
    there.server.prependListener('connection', (socket: Socket) => socket.destroy());
    await expect(connectPair(there.server, there.path)).rejects.toMatchObject({ code: 'EMFILE' });
  });
});

describe('Ugly', () => {
  it('connectPair turns away those who connect and do not know the token', async () => {
    await using there = await listening();
    const silent = there.stranger();
    const liar = there.stranger();
    liar.write('let me in, I am the child that you started');
    const gone = Promise.all([silent, liar].map((stranger) => once(stranger, 'close')));
    const pair = await connectPair(there.server, there.path);
    await gone;
    pair.theirs.end('the true one');
    expect(await read(pair)).toBe('the true one');
    pair.theirs.destroy();
  });

  it('socketPair leaves nothing in the file system', async () => {
    const ofOurs = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('core-process-'));
    const before = new Set(ofOurs());
    const pairs = await Promise.all([socketPair(), socketPair('darwin')]);
    for (const { ours, theirs } of pairs) {
      theirs.end('x');
      expect(await read({ ours, theirs })).toBe('x');
      theirs.destroy();
    }
    // others may make such directories at the same time; none of them is ours to blame for
    const added = ofOurs().filter((name) => !before.has(name));
    expect(added.filter((name) => existsSync(join(tmpdir(), name, 'socket')))).toEqual([]);
  });
});
