import { once } from 'node:events';
import { finished } from 'node:stream/promises';

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { DiskMedium, type Medium, MemoryMedium } from '@core/io';
import { type Fault, type FaultCall, faulty, refusalOf } from '@core/io/testing';

import { makeScratch } from './support/scratch.ts';

const scratch = makeScratch();

/** A gate that a test opens, and that tells when somebody has come to it. */
function gate(): { hold: (call: FaultCall) => Promise<void>; open: () => void; reached: Promise<FaultCall> } {
  let open = (): void => undefined;
  let reach: (call: FaultCall) => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<FaultCall>((resolve) => (reach = resolve));
  const hold = (call: FaultCall): Promise<void> => {
    reach(call);
    return opened;
  };
  return { hold, open, reached };
}

function told(calls: readonly FaultCall[]): string[] {
  return calls.map(({ op, path, dest }) => [op, path, ...(dest === undefined ? [] : [dest])].join(' '));
}

describe('faulty: Good', () => {
  it('lets everything through without a plan, and remembers the calls of the primitives in order', async () => {
    const inner = new MemoryMedium();
    const medium = faulty(inner);
    await medium.write('d/f', 'x');
    await medium.rename('d/f', 'g');
    await medium.symlink('g', 'link');
    expect(await medium.read('link')).toBe('x');
    expect(told(medium.calls)).toEqual([
      ...['write d/f', 'mkdir d', 'write d/f', 'rename d/f g', 'symlink link g', 'read link'],
    ]);
    expect(inner.toJSON()).toMatchObject({ d: {}, g: 'x' });
    expect(medium.crashed).toBe(false);
  });

  it('remembers what was done with handles, streams, locks and attributes', async () => {
    const medium = faulty(new MemoryMedium({ f: 'abc' }));
    const handle = await medium.open('f');
    await handle.read(Buffer.alloc(1), 0, 1, 0);
    await handle.stat();
    await handle.close();
    await finished(medium.writeStream('g').end('x'));
    await medium.lock('f').then((lock) => lock.close());
    await medium.chmod('f', 0o600);
    await medium.realPath('f');
    await medium.append('f', 'd');
    expect(told(medium.calls).filter((call) => call.endsWith('f'))).toEqual([
      ...['open f', 'handle.read f', 'handle.stat f', 'lock f', 'chmod f', 'append f'],
    ]);
    expect(told(medium.calls).filter((call) => call.endsWith('g'))).toEqual([
      'create g',
      'sink.write g',
      'sink.commit g',
    ]);
  });

  it('deletes a tree step by step, so that something can go wrong between', async () => {
    const medium = faulty(new MemoryMedium({ d: { a: '', b: '' } }), [{ op: 'remove', path: 'd/b', error: 'EACCES' }]);
    await refusalOf(() => medium.deleteAll('d'), 'EACCES');
    expect(await medium.list('d')).toEqual([{ name: 'b', path: 'd/b', kind: 'file' }]);
  });

  it('claims what the medium inside claims, and takes what it cannot for impossible', async () => {
    const disk = new DiskMedium({ root: scratch() });
    expect(faulty(disk).capabilities).toEqual(disk.capabilities);
    expect(await faulty(disk).realPath('f')).toBe(await disk.realPath('f'));
    await refusalOf(() => faulty(faulty(new MemoryMedium())).read('missing'), 'ENOENT');
  });
});

describe('faulty: Bad', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('refuses with the code of the plan, as a medium refuses', async () => {
    const medium = faulty(new MemoryMedium(), [{ op: 'write', error: 'ENOSPC' }]);
    const error = await refusalOf(() => medium.write('./f', 'x'), 'ENOSPC');
    expect(error.message).toBe('Cannot write "./f": no space left on device');
    expect(error.op).toBe('io.write');
    expect(await medium.exists('f')).toBe(false);
  });

  it.each<[string, Fault, string[]]>([
    ['every call without a condition', { error: 'EIO' }, ['a.txt', 'b.txt', 'd/c.txt', 'd/.e']],
    ['a path', { path: 'b.txt', error: 'EIO' }, ['b.txt']],
    ['a glob', { path: '*.txt', error: 'EIO' }, ['a.txt', 'b.txt']],
    ['a glob over directories and hidden names', { path: 'd/**', error: 'EIO' }, ['d/c.txt', 'd/.e']],
    ['a regular expression, again and again', { path: /\.txt$/g, error: 'EIO' }, ['a.txt', 'b.txt', 'd/c.txt']],
    ['one of several operations', { op: ['list', 'write'], path: 'a.txt', error: 'EIO' }, ['a.txt']],
    ['another operation', { op: 'append', error: 'EIO' }, []],
    ['the so many-th call', { nth: 3, error: 'EIO' }, ['d/c.txt']],
    ['the so many-th call that matches', { op: 'write', path: '**/*.txt', nth: 3, error: 'EIO' }, ['d/c.txt']],
  ])('refuses what matches %s', async (_title, fault, refused) => {
    const medium = faulty(new MemoryMedium({ d: {} }), [fault]);
    const outcomes = [];
    for (const path of ['a.txt', 'b.txt', 'd/c.txt', 'd/.e']) {
      outcomes.push(
        await medium.write(path, 'x').then(
          () => [],
          () => [path],
        ),
      );
    }
    expect(outcomes.flat()).toEqual(refused);
  });

  it('matches a rename by where it goes, too', async () => {
    const medium = faulty(new MemoryMedium({ a: 'x', b: 'x' }), [{ op: 'rename', path: 'c', error: 'EXDEV' }]);
    await refusalOf(() => medium.rename('a', 'c'), 'EXDEV');
    await medium.rename('a', 'b');
  });

  it('refuses by the first of several faults', async () => {
    const medium = faulty(new MemoryMedium({ f: '' }), [
      { op: 'list', error: 'EIO' },
      { error: 'EACCES' },
      { error: 'EPERM' },
    ]);
    await refusalOf(() => medium.read('f'), 'EACCES');
    await refusalOf(() => medium.list(''), 'EIO');
  });

  it('waits for as long as the plan says', async () => {
    jest.useFakeTimers();
    const medium = faulty(new MemoryMedium({ f: 'x' }), [{ op: 'read', latencyMs: 5_000 }]);
    let text = 'not yet';
    const reading = medium.read('f').then((read) => (text = read));
    await jest.advanceTimersByTimeAsync(4_999);
    expect(text).toBe('not yet');
    await jest.advanceTimersByTimeAsync(1);
    expect(await reading).toBe('x');
  });

  it('holds a call until the test lets it go, and others not', async () => {
    const { hold, open, reached } = gate();
    const medium = faulty(new MemoryMedium({ f: 'old' }), [{ op: 'write', path: 'f', hold }]);
    const writing = medium.write('f', 'new');
    expect(await reached).toEqual({ op: 'write', path: 'f' });
    await medium.write('g', 'x');
    expect(await medium.read('f')).toBe('old');
    open();
    await writing;
    expect(await medium.read('f')).toBe('new');
  });

  it('holds until a promise is settled, also where it rejects, and then refuses', async () => {
    const plan: Fault[] = [{ op: 'read', hold: Promise.reject(new Error('let go')), error: 'EIO' }];
    await refusalOf(() => faulty(new MemoryMedium({ f: '' }), plan).read('f'), 'EIO');
  });

  it.each<Fault>([{ hold: new Promise(() => undefined) }, { latencyMs: 1e9 }])(
    'stops waiting with the reason when the signal is aborted: %p',
    async (fault) => {
      const controller = new AbortController();
      const medium = faulty(new MemoryMedium({ f: 'old' }), [{ op: 'write', ...fault }]);
      const writing = medium.write('f', 'new', { signal: controller.signal });
      const reason = new Error('enough');
      controller.abort(reason);
      await expect(writing).rejects.toBe(reason);
      expect(await medium.read('f')).toBe('old');
    },
  );

  it('tears a write, an append and a stream: a part stays, and the caller is told', async () => {
    const inner = new MemoryMedium({ b: 'old ' });
    const medium = faulty(inner, [
      { path: 'a', tornBytes: 3 },
      { path: 'b', tornBytes: 2, error: 'ENOSPC' },
      { op: 'sink.write', path: 'c', nth: 2, tornBytes: 1 },
    ]);
    await refusalOf(() => medium.write('a', 'content'), 'EIO');
    await refusalOf(() => medium.append('b', 'content'), 'ENOSPC');
    const stream = medium.writeStream('c');
    await new Promise((resolve) => stream.write('one ', resolve));
    stream.write('two');
    const [error] = (await once(stream, 'error')) as [Error];
    expect(error).toMatchObject({ code: 'EIO', op: 'io.writeStream' });
    expect(inner.toJSON()).toEqual({ a: 'con', b: 'old co', c: 'one t' });
  });

  it.each<[Fault, string]>([
    [{}, 'TypeError'],
    [{ op: 'wirte' as 'write', error: 'EIO' }, 'TypeError'],
    [{ error: 'EIO', crash: 'before' }, 'TypeError'],
    [{ error: 'EIO', nth: 0 }, 'RangeError'],
    [{ error: 'EIO', nth: 1.5 }, 'RangeError'],
    [{ tornBytes: -1 }, 'RangeError'],
    [{ latencyMs: Number.NaN }, 'RangeError'],
  ])('refuses a plan with the fault %j', (fault, name) => {
    expect(() => faulty(new MemoryMedium(), [fault])).toThrow(expect.objectContaining({ name }));
  });
});

describe('faulty: Ugly', () => {
  it('crashes before a primitive: nothing of it is done, and every further call is refused', async () => {
    const inner = new MemoryMedium({ f: 'old' });
    const medium = faulty(inner, [{ op: 'write', crash: 'before' }]);
    const error = await refusalOf(() => medium.write('f', 'new'), 'ERR_CRASHED');
    expect(error.message).toBe('Cannot write "f": the medium has crashed');
    expect(medium.crashed).toBe(true);
    for (const call of [
      () => medium.read('f'),
      () => medium.list(''),
      () => medium.exists('f'),
      () => medium.open('f'),
    ]) {
      await refusalOf(call, 'ERR_CRASHED');
    }
    expect(inner.toJSON()).toEqual({ f: 'old' });
    expect(told(medium.calls)).toEqual(['write f']);
  });

  it('crashes after a primitive: it is done, and its caller does not know', async () => {
    const inner = new MemoryMedium({ f: 'old' });
    const medium = faulty(inner, [{ op: 'write', crash: 'after' }]);
    await refusalOf(() => medium.write('f', 'new'), 'ERR_CRASHED');
    expect(inner.toJSON()).toEqual({ f: 'new' });
  });

  it('crashes after a primitive that is refused, too', async () => {
    const medium = faulty(new MemoryMedium(), [{ op: 'remove', crash: 'after' }]);
    await refusalOf(() => medium.delete('missing'), 'ERR_CRASHED');
    expect(medium.crashed).toBe(true);
  });

  it('crashes in the middle of a write', async () => {
    const inner = new MemoryMedium();
    await refusalOf(() => faulty(inner, [{ tornBytes: 4, crash: 'after' }]).write('f', 'half of it'), 'ERR_CRASHED');
    expect(inner.toJSON()).toEqual({ f: 'half' });
  });

  it('crashes under calls that run: none of them is told its result', async () => {
    const { hold, open, reached } = gate();
    const inner = new MemoryMedium({ f: 'x' });
    const medium = faulty(inner, [
      { op: 'read', hold },
      { op: 'remove', crash: 'before' },
    ]);
    const reading = refusalOf(() => medium.read('f'), 'ERR_CRASHED');
    await reached;
    await refusalOf(() => medium.delete('f'), 'ERR_CRASHED');
    open();
    await reading;
  });

  it.each<[string, () => Medium]>([
    ['in memory', () => new MemoryMedium({ f: 'old' })],
    ['on a disk', () => new DiskMedium({ root: scratch() })],
  ])('lets go of handles, streams and locks when it crashes, %s', async (_title, create) => {
    const inner = create();
    await inner.write('f', 'old');
    const medium = faulty(inner, [{ op: 'mkdir', crash: 'before' }]);
    const handle = await medium.open('f');
    const stream = medium.writeStream('f');
    await new Promise((resolve) => stream.write('new', resolve));
    const lock = await medium.lock('f');
    await refusalOf(() => medium.ensureDir('d'), 'ERR_CRASHED');

    await refusalOf(() => handle.read(Buffer.alloc(1), 0, 1, 0), 'ERR_CRASHED');
    stream.end();
    const [error] = (await once(stream, 'error')) as [Error];
    expect(error).toMatchObject({ code: 'ERR_CRASHED' });
    await Promise.all([handle.close(), lock.close()]);
    expect(await inner.list('')).toEqual([{ name: 'f', path: 'f', kind: 'file' }]);
    expect(await inner.read('f')).toBe('old');
    await (await inner.lock('f')).close();
  });

  it.each(['open', 'create', 'lock'] as const)('lets go of what was opened in the crash itself: %s', async (op) => {
    const inner = new DiskMedium({ root: scratch() });
    await inner.write('f', 'old');
    const medium = faulty(inner, [{ op, crash: 'after' }]);
    const calls = {
      open: () => medium.open('f'),
      create: () => once(medium.writeStream('f'), 'never'),
      lock: () => medium.lock('f'),
    };
    await refusalOf(calls[op], 'ERR_CRASHED');
    expect((await inner.list('')).map(({ name }) => name)).toEqual(['f']);
    await (await inner.lock('f')).close();
  });

  it('ends a watcher when it crashes', async () => {
    const inner = new MemoryMedium({ d: {} });
    const medium = faulty(inner, [{ op: 'remove', crash: 'before' }]);
    const events = medium.watch('d')[Symbol.asyncIterator]();
    const first = events.next();
    await new Promise((resolve) => setImmediate(resolve));
    await medium.write('d/f', 'x');
    expect((await first).value).toEqual({ type: 'create', path: 'd/f' });
    const second = refusalOf(() => events.next(), 'ERR_CRASHED');
    await refusalOf(() => medium.delete('d/f'), 'ERR_CRASHED');
    await second;
  });

  it('finds every state that a program can leave behind', async () => {
    /** Replaces two files that belong together, and can tell which pair holds after a crash. */
    const save = async (medium: Medium, value: string): Promise<void> => {
      await medium.write('next/a', value);
      await medium.write('next/b', value);
      await medium.deleteAll('old');
      await medium.rename('now', 'old');
      await medium.rename('next', 'now');
    };
    const recovered = async (medium: Medium): Promise<string> => {
      const place = (await medium.exists('now/a')) ? 'now' : 'old';
      return (await medium.read(`${place}/a`)) + (await medium.read(`${place}/b`));
    };
    const states = new Set<string>();
    let steps = 0;
    for (let crashed = true; crashed; steps += 1) {
      const inner = new MemoryMedium({ now: { a: '1', b: '1' }, old: { a: '0', b: '0' } });
      const medium = faulty(inner, [{ nth: steps + 1, crash: steps % 2 === 0 ? 'before' : 'after' }]);
      const [{ reason }] = (await Promise.allSettled([save(medium, '2')])) as [{ reason?: { code: string } }];
      ({ crashed } = medium);
      expect(reason?.code).toBe(crashed ? 'ERR_CRASHED' : undefined);
      states.add(await recovered(inner));
    }
    expect(steps).toBeGreaterThan(8);
    expect([...states]).toEqual(['11', '22']);
  });
});
