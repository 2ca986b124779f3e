import { describe, expect, it } from '@jest/globals';

import { parseUsernet } from '../../src/qmp/usernet.ts';

const PRINTED = [
  'Hub -1 (net0):',
  '  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ',
  '  TCP[ESTABLISHED]   20       127.0.0.1 40313       10.0.2.15    22     0     0',
  '  TCP[HOST_FORWARD]  14               * 38000       10.0.2.15    80     0     0',
  '  TCP[HOST_FORWARD]  13       127.0.0.1 40313       10.0.2.15    22     0     0',
  '  UDP[HOST_FORWARD]  12       127.0.0.1 40400       10.0.2.15    53     0     0',
  '',
].join('\r\n');

describe('Good', () => {
  it('parseUsernet finds the forwarded TCP ports, and nothing else', () => {
    expect(parseUsernet(PRINTED)).toEqual([
      { address: '0.0.0.0', host: 38000, guest: 80 },
      { address: '127.0.0.1', host: 40313, guest: 22 },
    ]);
  });
});

describe('Ugly', () => {
  it('parseUsernet finds none in what is something else', () => {
    for (const text of ['', 'Hub', '  TCP[HOST_FORWARD]', '  TCP[HOST_FORWARD]  x 127.0.0.1 1 10.0.2.15 22 0']) {
      expect(parseUsernet(text)).toEqual([]);
    }
  });
});
