import type { Medium } from '../../medium.ts';
import type { ConformanceCase } from '../conformance.ts';
import { misuse, refuses, same } from '../expect.ts';
import { behaviour, given } from './behaviour.ts';

const withModes = given('mode');
const withModesAndLinks = given('mode', 'symlink');
const withTimes = given('mtime');
const withTimesAndLinks = given('mtime', 'symlink');

const PAST = '2001-02-03T04:05:06.789Z';
const TIMES = [PAST, '1970-01-01T00:00:00.000Z', '2037-12-31T23:59:59.999Z'];

async function mode(medium: Medium, path: string): Promise<number> {
  return (await medium.stat(path)).mode;
}

/** `chmod` and `utimes`. */
export const attributes: readonly ConformanceCase[] = [
  withModes('chmod() sets the permission bits of a file', async (medium) => {
    await medium.write('f', 'x');
    for (const bits of [0o600, 0o755, 0o444, 0o777]) {
      await medium.chmod('f', bits);
      same(await mode(medium, 'f'), bits);
    }
  }),
  withModes('chmod() sets the permission bits of a directory', async (medium) => {
    await medium.write('d/f', 'x');
    await medium.chmod('d', 0o700);
    same([await mode(medium, 'd'), await medium.read('d/f')], [0o700, 'x']);
  }),
  given('mode', 'mtime')('chmod() leaves content and mtime', async (medium) => {
    await medium.write('f', 'x');
    await medium.utimes('f', new Date(PAST), new Date(PAST));
    await medium.chmod('f', 0o600);
    same([await medium.read('f'), (await medium.stat('f')).mtime.toISOString()], ['x', PAST]);
  }),
  withModesAndLinks('chmod() follows a link', async (medium) => {
    await medium.write('f', 'x');
    await medium.symlink('f', 'link');
    await medium.chmod('link', 0o600);
    same(await mode(medium, 'f'), 0o600);
  }),
  withModes('chmod() refuses a missing path with ENOENT, one below a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOENT', medium.chmod('missing', 0o600));
    await refuses('ENOTDIR', medium.chmod('f/below', 0o600));
  }),
  withModesAndLinks('chmod() refuses a dangling link with ENOENT', async (medium) => {
    await medium.symlink('missing', 'link');
    await refuses('ENOENT', medium.chmod('link', 0o600));
  }),
  behaviour('chmod() refuses what is no permission bits with RangeError', async (medium) => {
    await medium.write('f', 'x');
    for (const bits of [-1, 0o10000, 0.5, Number.NaN]) await misuse('RangeError', () => medium.chmod('f', bits));
  }),
  withTimes('utimes() sets the mtime of a file to the millisecond', async (medium) => {
    await medium.write('f', 'x');
    for (const time of TIMES) {
      await medium.utimes('f', new Date(), new Date(time));
      same((await medium.stat('f')).mtime.toISOString(), time);
    }
  }),
  withTimes('utimes() sets the mtime of a directory', async (medium) => {
    await medium.ensureDir('d');
    await medium.utimes('d', new Date(), new Date(PAST));
    same((await medium.stat('d')).mtime.toISOString(), PAST);
  }),
  withTimes('utimes() leaves the content', async (medium) => {
    await medium.write('f', 'x');
    await medium.utimes('f', new Date(), new Date(PAST));
    same(await medium.read('f'), 'x');
  }),
  withTimesAndLinks('utimes() follows a link', async (medium) => {
    await medium.write('f', 'x');
    await medium.symlink('f', 'link');
    await medium.utimes('link', new Date(), new Date(PAST));
    same((await medium.stat('f')).mtime.toISOString(), PAST);
  }),
  withTimes('utimes() refuses a missing path with ENOENT, one below a file with ENOTDIR', async (medium) => {
    await medium.write('f', 'x');
    await refuses('ENOENT', medium.utimes('missing', new Date(), new Date()));
    await refuses('ENOTDIR', medium.utimes('f/below', new Date(), new Date()));
  }),
  behaviour('utimes() refuses an invalid date with RangeError', async (medium) => {
    await medium.write('f', 'x');
    await misuse('RangeError', () => medium.utimes('f', new Date(), new Date(Number.NaN)));
  }),
];
