import { MemoryMedium, type WatchEvent } from '@core/io';
import { describe, expect, it } from '@jest/globals';

/** Watches from here on; `until` collects what comes until a path is deleted that marks the end. */
function watching(medium: MemoryMedium, path: string): () => Promise<string[]> {
  const events = medium.watch(path)[Symbol.asyncIterator]() as AsyncGenerator<WatchEvent>;
  let next = events.next();
  return async () => {
    const seen: string[] = [];
    await medium.write(`${path}/end`, '');
    for (;;) {
      const value = (await next).value as WatchEvent;
      if (value.path.endsWith('/end') || value.path === 'end') break;
      seen.push(`${value.type} ${value.path}`);
      next = events.next();
    }
    await events.return(undefined);
    return seen;
  };
}

describe('MemoryMedium watch()', () => {
  describe('Good', () => {
    it('tells what is made, changed and deleted, with everything that a call makes on the way', async () => {
      const medium = new MemoryMedium({ old: 'x' });
      const seen = watching(medium, '');
      await medium.write('p/q/f', '1');
      await medium.write('p/q/f', '2');
      await medium.append('p/q/f', '3');
      await medium.append('new', '1');
      await medium.chmod('old', 0o600);
      await medium.utimes('old', new Date(0), new Date(0));
      await medium.symlink('old', 'link');
      await medium.ensureDir('p');
      await medium.delete('link');
      expect(await seen()).toEqual([
        'create p',
        'create p/q',
        'create p/q/f',
        'change p/q/f',
        'change p/q/f',
        'create new',
        'change old',
        'change old',
        'create link',
        'delete link',
      ]);
    });

    it('tells of everything below what is moved or deleted, in an order that could be replayed', async () => {
      const medium = new MemoryMedium({ d: { e: { f: 'x' }, g: 'y' }, b: 'z' });
      const seen = watching(medium, '');
      await medium.rename('d', 'n');
      await medium.deleteAll('n');
      expect(await seen()).toEqual([
        ...['delete d/g', 'delete d/e/f', 'delete d/e', 'delete d'],
        ...['create n', 'create n/e', 'create n/e/f', 'create n/g'],
        ...['delete n/g', 'delete n/e/f', 'delete n/e', 'delete n'],
      ]);
    });

    it('tells a rename onto a file as a delete and a change', async () => {
      const medium = new MemoryMedium({ a: 'x', b: 'y' });
      const seen = watching(medium, '');
      await medium.rename('a', 'b');
      await medium.rename('b', 'b');
      expect(await seen()).toEqual(['delete a', 'change b']);
    });

    it('tells only of what is watched and below it, where it is moved in and out, too', async () => {
      const medium = new MemoryMedium({ d: {}, dd: {}, o: 'x' });
      const seen = watching(medium, 'd');
      await medium.write('dd/f', 'x');
      await medium.rename('o', 'd/in');
      await medium.rename('d/in', 'out');
      expect(await seen()).toEqual(['create d/in', 'delete d/in']);
    });

    it('watches one file, also over its being replaced and made anew', async () => {
      const medium = new MemoryMedium({ f: 'x', g: 'y' });
      const events = medium.watch('f')[Symbol.asyncIterator]();
      const first = events.next();
      await medium.write('g', 'other');
      await medium.write('f', '1');
      await medium.delete('f');
      await medium.write('f', '2');
      const seen = [await first, await events.next(), await events.next()].map(({ value }) => value as WatchEvent);
      expect(seen.map(({ type }) => type)).toEqual(['change', 'delete', 'create']);
    });

    it('spells events below a link as the link is spelled', async () => {
      const medium = new MemoryMedium({ 'real/d': {} });
      await medium.symlink('real', 'link');
      const seen = watching(medium, 'link/d');
      await medium.write('real/d/f', 'x');
      expect(await seen()).toEqual(['create link/d/f']);
    });

    it('loses nothing between two steps and stops hearing when the loop is left', async () => {
      const medium = new MemoryMedium();
      const seen: string[] = [];
      const events = medium.watch('');
      const loop = (async () => {
        for await (const { path } of events) {
          seen.push(path);
          if (path === 'f999') break;
        }
      })();
      for (let i = 0; i < 1_000; i += 1) await medium.write(`f${String(i)}`, '');
      await loop;
      expect(seen).toHaveLength(1_000);
    });

    it('does not tell a clone', async () => {
      const medium = new MemoryMedium({ f: 'x' });
      const seen = watching(medium, '');
      await medium.clone().delete('f');
      expect(await seen()).toEqual([]);
    });
  });

  describe('Bad', () => {
    it('refuses a missing path with ENOENT', async () => {
      const events = new MemoryMedium().watch('missing')[Symbol.asyncIterator]();
      await expect(events.next()).rejects.toMatchObject({ code: 'ENOENT', op: 'io.watch', path: 'missing' });
    });

    it('tells nothing of what is refused', async () => {
      const medium = new MemoryMedium({ d: { f: 'x' } }, { maxBytes: 2 });
      const seen = watching(medium, '');
      await Promise.allSettled([
        medium.write('d', ''),
        medium.delete('d'),
        medium.write('g', 'xyz'),
        medium.rename('x', 'y'),
      ]);
      expect(await seen()).toEqual([]);
    });
  });

  describe('Ugly', () => {
    it('ends with the reason of the signal, while it waits and before it begins', async () => {
      const medium = new MemoryMedium();
      const controller = new AbortController();
      const next = medium.watch('', { signal: controller.signal })[Symbol.asyncIterator]().next();
      controller.abort('enough');
      await expect(next).rejects.toBe('enough');
      const late = medium.watch('', { signal: controller.signal })[Symbol.asyncIterator]().next();
      await expect(late).rejects.toBe('enough');
    });

    it('serves many listeners at once', async () => {
      const medium = new MemoryMedium();
      const all = Array.from({ length: 50 }, () => medium.watch('')[Symbol.asyncIterator]());
      const firsts = all.map((events) => events.next());
      await medium.write('f', 'x');
      for (const { value } of await Promise.all(firsts)) expect(value).toEqual({ type: 'create', path: 'f' });
    });
  });
});
