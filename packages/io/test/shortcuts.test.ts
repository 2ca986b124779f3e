import { describe, expect, it } from '@jest/globals';
import { type CancelOptions, driverOf, MemoryMedium } from '@core/io';

class ShoutingMedium extends MemoryMedium {
  override async read(path: string, options?: CancelOptions): Promise<string> {
    return (await super.read(path, options)).toUpperCase();
  }

  override async readBytes(path: string, options?: CancelOptions): Promise<Uint8Array> {
    return Buffer.from(await this.read(path, options));
  }
}

describe('declareShortcuts: Good', () => {
  it('leaves the primitives of MemoryMedium to say all that it does, although some methods are its own', async () => {
    const driver = driverOf(new MemoryMedium());
    await expect(async () => driver.mkdir('missing/d')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(driver.list('')).toEqual([]); // at once, as the primitive does, where a method would give a promise
  });
});

describe('declareShortcuts: Ugly', () => {
  it('says nothing of what a subclass does otherwise', async () => {
    const medium = new ShoutingMedium({ f: 'hello' });
    expect(Buffer.from(await driverOf(medium).read('f', undefined)).toString()).toBe('HELLO');
  });
});
