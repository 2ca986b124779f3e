import { afterEach, describe, expect, it } from '@jest/globals';

import { open, opened } from './fixture.ts';

const DAY_MS = 86_400_000;
const RealDate = Date;

afterEach(() => {
  globalThis.Date = RealDate;
});

/** Sets the wall clock so much forth, or back. */
function setClock(byMs: number): void {
  const now = (): number => RealDate.now() + byMs;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args) => (args.length === 0 ? new target(now()) : Reflect.construct(target, args)) as object,
    get: (target, key) => (key === 'now' ? now : (Reflect.get(target, key) as unknown)),
  });
}

describe('Ugly', () => {
  it.each([
    ['a day back', -DAY_MS],
    ['to the beginning of all clocks', -RealDate.now()],
    ['a day forth', DAY_MS],
    ['ten years forth', 3653 * DAY_MS],
  ])('a clock that is set %s takes no machine for ended, and none for there', async (_, byMs) => {
    const { manager, stateDir, image } = await opened();
    const waitFor = { console: 'READY' };
    for (const name of ['web', 'gone']) await manager.run(image, { detach: true, name, waitFor });
    await manager.kill('gone');
    setClock(byMs);
    const later = await open({ stateDir });
    const states = async (): Promise<string[]> =>
      (await later.list()).map(({ name, status, pid }) => `${name} ${status} ${pid > 0 ? 'there' : 'gone'}`).sort();
    expect(await states()).toEqual(['gone stopped gone', 'web running there']);
    await later.run(image, { detach: true, name: 'new', waitFor, publish: [80] });
    await later.start('gone', { waitFor });
    expect(await states()).toEqual(['gone running there', 'new running there', 'web running there']);
    // and back again: what was written meanwhile is of another time
    setClock(0);
    expect(await states()).toEqual(['gone running there', 'new running there', 'web running there']);
    for (const name of ['gone', 'new', 'web']) await manager.stop(name);
    expect(await states()).toEqual(['gone stopped gone', 'new stopped gone', 'web stopped gone']);
  });
});
