import type { Medium } from '../../medium.ts';
import type { Capability, ConformanceCase } from '../conformance.ts';
import { collect, finish, paths, rejectsWith, same, tree } from '../expect.ts';
import { behaviour, given } from './behaviour.ts';

type Call = (medium: Medium, signal: AbortSignal) => Promise<unknown>;

const CALLS: Record<string, Call> = {
  read: (medium, signal) => medium.read('d/f', { signal }),
  readBytes: (medium, signal) => medium.readBytes('d/f', { signal }),
  write: (medium, signal) => medium.write('d/f', 'new', { signal }),
  append: (medium, signal) => medium.append('d/f', 'new', { signal }),
  ensureDir: (medium, signal) => medium.ensureDir('new/dir', { signal }),
  exists: (medium, signal) => medium.exists('d/f', { signal }),
  isFile: (medium, signal) => medium.isFile('d/f', { signal }),
  isDir: (medium, signal) => medium.isDir('d/f', { signal }),
  stat: (medium, signal) => medium.stat('d/f', { signal }),
  list: (medium, signal) => medium.list('d', { signal }),
  walk: (medium, signal) => paths(medium.walk('', { signal })),
  delete: (medium, signal) => medium.delete('d/f', { signal }),
  deleteAll: (medium, signal) => medium.deleteAll('d', { signal }),
  rename: (medium, signal) => medium.rename('d/f', 'new/f', { signal }),
  open: (medium, signal) => medium.open('d/f', { signal }),
  readStream: (medium, signal) => collect(medium.readStream('d/f', { signal })),
  writeStream: (medium, signal) => finish(medium.writeStream('d/f', { signal }), 'new'),
  appendStream: (medium, signal) => finish(medium.appendStream('d/f', { signal }), 'new'),
  realPath: (medium, signal) => medium.realPath('d/f', { signal }),
};

const CAPABLE: Record<string, readonly [Capability, Call]> = {
  chmod: ['mode', (medium, signal) => medium.chmod('d/f', 0o600, { signal })],
  utimes: ['mtime', (medium, signal) => medium.utimes('d/f', new Date(0), new Date(0), { signal })],
  symlink: ['symlink', (medium, signal) => medium.symlink('f', 'd/link', { signal })],
  readLink: ['symlink', (medium, signal) => medium.readLink('d/f', { signal })],
  lock: ['lock', (medium, signal) => medium.lock('d/f', { signal })],
  watch: ['watch', (medium, signal) => medium.watch('d', { signal })[Symbol.asyncIterator]().next()],
};

function cancelled(method: string, call: Call, requires: readonly Capability[] = []): ConformanceCase {
  const name = `${method}() rejects with the reason itself where the signal is aborted before, and does nothing`;
  return given(...requires)(name, async (medium) => {
    await medium.write('d/f', 'old');
    const before = await medium.stat('d/f');
    const reason = new Error('not wanted any more');
    await rejectsWith(reason, call(medium, AbortSignal.abort(reason)));
    same([await tree(medium), await medium.read('d/f')], [['d', 'd/f'], 'old']);
    same(await medium.stat('d/f'), before);
  });
}

/** What an aborted signal does to every method. */
export const cancelling: readonly ConformanceCase[] = [
  ...Object.entries(CALLS).map(([method, call]) => cancelled(method, call)),
  ...Object.entries(CAPABLE).map(([method, [capability, call]]) => cancelled(method, call, [capability])),
  behaviour('read() rejects with a reason that is no error as it is', async (medium) => {
    await medium.write('f', 'x');
    for (const reason of ['text', 0, null, { code: 'ENOENT' }]) {
      await rejectsWith(reason, medium.read('f', { signal: AbortSignal.abort(reason) }));
    }
  }),
  behaviour('write() does not mind a signal that is aborted afterwards', async (medium) => {
    const controller = new AbortController();
    await medium.write('f', 'x', { signal: controller.signal });
    controller.abort();
    same(await medium.read('f'), 'x');
  }),
];
