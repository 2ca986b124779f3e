import { defineMedium, DefinedMedium, driverOf, type Medium, type MediumDriver, MemoryMedium } from '@core/io';
import { refusalOf } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';

import { bareDriver } from '../support/bare-driver.ts';
import { foreign } from './support/foreign.ts';

function without(driver: MediumDriver, name: string): MediumDriver {
  return Object.fromEntries(Object.entries(driver).filter(([other]) => other !== name)) as unknown as MediumDriver;
}

/** What a driver writes in parts, read back. */
async function written(medium: Medium, parts: readonly string[]): Promise<string> {
  const driver = driverOf(medium);
  const sink = await driver.create('f', { mode: undefined, exclusive: false, durable: false, signal: undefined });
  const buffer = Buffer.alloc(4);
  for (const part of parts) {
    buffer.write(part.padEnd(4));
    await sink.write(buffer);
  }
  buffer.fill('!'); // the sink has let go of it
  await sink.commit();
  return medium.read('f');
}

describe('driverOf', () => {
  describe('Good', () => {
    it('gives the primitives of a medium that was made of such', async () => {
      const medium = new MemoryMedium({ a: 'x' });
      const calls: string[] = [];
      const watched = defineMedium({
        ...medium.driver,
        read: (path, signal) => {
          calls.push(path);
          return medium.driver.read(path, signal);
        },
      });
      expect(Buffer.from(await driverOf(watched).read('a', undefined)).toString()).toBe('x');
      expect(calls).toEqual(['a']);
    });

    it('keeps a driver that is an instance of a class together', async () => {
      class Driver {
        readonly #bytes = Buffer.from('private');
        read(): Uint8Array {
          return this.#bytes;
        }
      }
      const medium = defineMedium(Object.assign(new Driver(), without(bareDriver(), 'read')));
      const again = defineMedium({ ...driverOf(medium) });
      expect(await again.read('any')).toBe('private');
    });

    it.each([
      ['a defined medium', (): Medium => new MemoryMedium()],
      ['a medium without streams of its own', (): Medium => defineMedium(bareDriver())],
      ['a foreign medium', (): Medium => foreign(new MemoryMedium())],
    ])('streams to %s through a buffer that is used again', async (_title, create) => {
      expect(await written(create(), ['one', 'two', 'six'])).toBe('one two six ');
    });

    it('asks a medium for what it derives with a memory: locks and appends of both exclude each other', async () => {
      const medium = defineMedium(bareDriver());
      const layer = defineMedium(driverOf(medium));
      const lock = await medium.lock('a');
      await refusalOf(() => layer.lock('a', { timeoutMs: 0 }), 'ERR_LOCK_TIMEOUT');
      await lock.close();
      await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? medium : layer).append('f', 'x')));
      expect(await medium.read('f')).toBe('x'.repeat(20));
    });

    it('sees what a subclass does in a method of its own', async () => {
      class Loud extends DefinedMedium {
        override async readBytes(path: string): Promise<Uint8Array> {
          return Buffer.from(
            Buffer.from(await super.readBytes(path))
              .toString()
              .toUpperCase(),
          );
        }
      }
      const loud = new Loud(new MemoryMedium({ a: 'x' }).driver);
      expect(await defineMedium(driverOf(loud)).read('a')).toBe('X');
    });
  });

  describe('Bad', () => {
    it('refuses through methods as primitives do', async () => {
      const driver = driverOf(foreign(new MemoryMedium({ f: 'x', d: {} })));
      const plain = { mode: undefined, exclusive: false, durable: false, signal: undefined };
      await expect(driver.mkdir('f')).rejects.toMatchObject({ code: 'EEXIST' });
      await expect(driver.mkdir('missing/d')).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(driver.write('missing/f', Buffer.from(''), plain)).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(driver.rename('f', 'missing/f')).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(driver.symlink?.('f', 'f/below')).rejects.toMatchObject({ code: 'ENOTDIR' });
    });

    it('leaves out what the medium cannot do', () => {
      const names = Object.keys(driverOf(foreign(defineMedium(bareDriver()))));
      for (const name of ['chmod', 'utimes', 'symlink', 'readLink', 'watch', 'realPath'])
        expect(names).not.toContain(name);
    });
  });

  describe('Ugly', () => {
    it('leaves nothing of a stream to a foreign medium that is given up or fails', async () => {
      const medium = new MemoryMedium({ d: {} });
      const driver = driverOf(foreign(medium));
      const plain = { mode: undefined, exclusive: false, durable: false, signal: undefined };
      const left = await driver.create('f', plain);
      await left.write(Buffer.from('part'));
      await left.abort();
      const failing = await driver.create('d', plain);
      await expect(Promise.resolve(failing.write(Buffer.from('x')))).rejects.toMatchObject({ code: 'EISDIR' });
      await failing.abort();
      expect(medium.toJSON()).toEqual({ d: {} });
    });

    it('rejects with the reason of the caller through both', async () => {
      const controller = new AbortController();
      controller.abort('enough');
      const layer = defineMedium(driverOf(foreign(new MemoryMedium({ f: 'x' }))));
      await expect(layer.read('f', { signal: controller.signal })).rejects.toBe('enough');
    });
  });
});
