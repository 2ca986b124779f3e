import { describe, expect, it } from '@jest/globals';

import { Courier } from '../../src/output/courier.ts';
import { OutputEncoding } from '../../src/output/encoding.ts';
import { LineEvents } from '../../src/output/line-events.ts';
import type { StreamName } from '../../src/output/stream-name.ts';

interface Rig {
  readonly events: LineEvents;
  readonly told: string[];
  readonly rooms: number[];
  wanted: boolean;
  /** Called for every call of the listener. */
  onHear: () => void;
  readonly write: (data: string | Uint8Array, stream?: StreamName) => void;
}

const rig = (label = 'utf8'): Rig => {
  const encoding = OutputEncoding.of(label) ?? OutputEncoding.UTF8;
  const told: string[] = [];
  const rooms: number[] = [];
  const events = new LineEvents({
    listener: {
      hear: ({ stream, lines, partial }) => {
        made.onHear();
        told.push(...lines.map((line, i) => `${stream} ${line}${partial && i === lines.length - 1 ? '…' : ''}`));
      },
      wants: () => made.wanted,
    },
    courier: new Courier(),
    format: { encoding, maxLineBytes: 1_048_576 },
    onRoom: () => rooms.push(told.length),
  });
  const made: Rig = {
    ...{ events, told, rooms, wanted: true },
    onHear: () => undefined,
    write: (data, stream = 'stdout') => {
      events.write({ stream, bytes: Buffer.from(data) });
    },
  };
  return made;
};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** How much is told in one turn of the loop depends on how busy the machine is. */
const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await turn();
};
const all = (events: LineEvents): Promise<void> =>
  new Promise((resolve) => {
    events.whenTold(resolve);
  });

describe('Good', () => {
  it('LineEvents tell lines in the order of arrival, and the last one of each stream at the end', async () => {
    const { events, told, write } = rig();
    write('a\nb\nc');
    write('E\nF', 'stderr');
    expect(told).toEqual([]);
    await until(() => told.length === 3);
    expect(told).toEqual(['stdout a', 'stdout b', 'stderr E']);
    events.end();
    await all(events);
    expect(told.slice(3)).toEqual(['stdout c', 'stderr F']);
  });

  it('LineEvents.whenTold calls back once, after the last line', async () => {
    const { events, told, write } = rig();
    write('a\nb');
    events.end();
    events.end();
    await all(events);
    events.whenTold(() => told.push('over'));
    await turn();
    expect(told).toEqual(['stdout a', 'stdout b', 'over']);
  });
});

describe('Bad', () => {
  it('LineEvents keep nothing while nobody listens', async () => {
    const made = rig();
    made.wanted = false;
    made.write('x'.repeat(1_000_000));
    expect(made.events.isFull).toBe(false);
    made.events.end();
    await all(made.events);
    expect(made.told).toEqual([]);
  });

  it('LineEvents forget what was not told where nobody listens any more', async () => {
    const made = rig();
    made.write('a\nb');
    made.wanted = false;
    await turn();
    made.wanted = true;
    made.write('b\nc\n');
    await until(() => made.told.length === 1);
    expect(made.told).toEqual(['stdout c']);
  });
});

describe('Ugly', () => {
  it.each(['utf8', 'utf16le'] as const)(
    'LineEvents begin with a whole line for who listens late (%s)',
    async (label) => {
      const made = rig(label);
      const write = (text: string): void => {
        made.write(Buffer.from(text, label));
      };
      made.wanted = false;
      write('one\ntw');
      made.wanted = true;
      write('o');
      write(' more\nthree\nfo');
      write('ur\n');
      await until(() => made.told.length === 2);
      expect(made.told).toEqual(['stdout three', 'stdout four']);

      made.wanted = false;
      write('five\n');
      made.wanted = true;
      write('six\n');
      await until(() => made.told.length === 3);
      expect(made.told.at(-1)).toBe('stdout six');
    },
  );

  it('LineEvents are full for as long as a slow listener has too much to hear', async () => {
    const made = rig();
    const lines = `${'x'.repeat(65_535)}\n`;
    for (let i = 0; i < 4; i += 1) made.write(lines);
    expect(made.events.isFull).toBe(true);
    await until(() => made.told.length === 4);
    expect([made.events.isFull, made.rooms]).toEqual([false, [0]]);
  });

  it('LineEvents are no longer full when nobody listens any more', async () => {
    const made = rig();
    made.write('x'.repeat(1_000_000));
    expect(made.events.isFull).toBe(true);
    made.wanted = false;
    await turn();
    expect([made.events.isFull, made.rooms]).toEqual([false, [0]]);
  });

  it('LineEvents tell all to a slow listener, a few at a time, and then call back', async () => {
    const made = rig();
    made.onHear = () => {
      for (const until = performance.now() + 5; performance.now() < until;);
    };
    made.write(Array.from({ length: 20 }, (_, i) => `${String(i)}\n`).join(''));
    made.events.end();
    expect(made.told.length).toBeLessThan(20);
    await all(made.events);
    expect(made.told).toEqual(Array.from({ length: 20 }, (_, i) => `stdout ${String(i)}`));
  });

  it('LineEvents keep the order where a listener ends the output while it hears', async () => {
    const made = rig();
    made.onHear = () => {
      made.onHear = () => undefined;
      made.events.end();
    };
    made.write('a\nb\nc\nd\ne\nlast');
    made.events.tell(1);
    await all(made.events);
    expect(made.told.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'last'].map((line) => `stdout ${line}`));
    expect(made.told.indexOf('stdout b')).toBeLessThan(made.told.indexOf('stdout last'));
  });

  it('LineEvents mark the pieces of a long line', async () => {
    const made = rig();
    made.write(`${'x'.repeat(1_048_577)}y\n`);
    made.events.end();
    await all(made.events);
    expect(made.told.map((told) => told.replace(/x+/, (all) => String(all.length)))).toEqual([
      'stdout 1048576…',
      'stdout 1y',
    ]);
  });
});
