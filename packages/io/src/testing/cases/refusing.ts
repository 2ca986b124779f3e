import { isCoreError } from '../../errors.ts';
import type { Medium } from '../../medium.ts';
import type { Capability, ConformanceCase } from '../conformance.ts';
import { collect, fail, finish, misuse, paths, same, tree } from '../expect.ts';
import { behaviour, given } from './behaviour.ts';

type Call = (medium: Medium, path: string) => Promise<unknown>;

interface Refusal {
  readonly code: string;
  readonly call: Call;
  readonly requires?: readonly Capability[];
}

/** How each method is refused where `path` is missing, or is a directory. */
const REFUSALS: Record<string, Refusal> = {
  read: { code: 'ENOENT', call: (medium, path) => medium.read(path) },
  readBytes: { code: 'ENOENT', call: (medium, path) => medium.readBytes(path) },
  write: { code: 'EISDIR', call: (medium, path) => medium.write(path, 'x') },
  append: { code: 'EISDIR', call: (medium, path) => medium.append(path, 'x') },
  stat: { code: 'ENOENT', call: (medium, path) => medium.stat(path) },
  list: { code: 'ENOENT', call: (medium, path) => medium.list(path) },
  delete: { code: 'ENOENT', call: (medium, path) => medium.delete(path) },
  rename: { code: 'ENOENT', call: (medium, path) => medium.rename(path, 'elsewhere') },
  open: { code: 'ENOENT', call: (medium, path) => medium.open(path) },
  writeStream: { code: 'EISDIR', call: (medium, path) => finish(medium.writeStream(path), 'x') },
  chmod: { code: 'ENOENT', call: (medium, path) => medium.chmod(path, 0o600), requires: ['mode'] },
  utimes: { code: 'ENOENT', call: (medium, path) => medium.utimes(path, new Date(), new Date()), requires: ['mtime'] },
  readLink: { code: 'ENOENT', call: (medium, path) => medium.readLink(path), requires: ['symlink'] },
};

/** Every method that takes a path, with a path that is none. */
const MISUSES: Record<string, Call> = {
  ...Object.fromEntries(Object.entries(REFUSALS).map(([method, { call }]) => [method, call])),
  ensureDir: (medium, path) => medium.ensureDir(path),
  exists: (medium, path) => medium.exists(path),
  isFile: (medium, path) => medium.isFile(path),
  isDir: (medium, path) => medium.isDir(path),
  walk: (medium, path) => paths(medium.walk(path)),
  deleteAll: (medium, path) => medium.deleteAll(path),
  readStream: (medium, path) => collect(medium.readStream(path)),
  appendStream: (medium, path) => finish(medium.appendStream(path), 'x'),
  lock: (medium, path) => medium.lock(path),
  realPath: (medium, path) => medium.realPath(path),
};

const NO_PATHS = [undefined, null, 1, {}, ['f'], Buffer.from('f')] as unknown as string[];

function refusal(method: string, { code, call, requires = [] }: Refusal): ConformanceCase {
  const name = `${method}() refuses with an error that tells code, operation, path as it was written, and a sentence`;
  return given(...requires)(name, async (medium) => {
    const path = code === 'EISDIR' ? './a/../dir' : './a/../missing';
    if (code === 'EISDIR') await medium.ensureDir('dir');
    const error: unknown = await call(medium, path).catch((reason: unknown) => reason);
    if (!isCoreError(error)) fail('the refusal must be a CoreError', error, code);
    same(
      { code: error.code, op: error.op, path: (error as { path?: unknown }).path },
      { code, op: `io.${method}`, path },
    );
    same(
      /^Cannot .+: .+/.test(error.message) && error.message.includes(`"${path}"`),
      true,
      `that "${error.message}" tells it`,
    );
  });
}

/** How refusals and misuses look. */
export const refusing: readonly ConformanceCase[] = [
  ...Object.entries(REFUSALS).map(([method, how]) => refusal(method, how)),
  ...Object.entries(MISUSES).map(([method, call]) =>
    behaviour(`${method}() takes a path that is no text for a misuse: TypeError`, async (medium) => {
      for (const path of NO_PATHS) await misuse('TypeError', () => call(medium, path));
      same(await tree(medium), []);
    }),
  ),
  behaviour('rename() refuses with an error that tells both paths as they were written', async (medium) => {
    const error: unknown = await medium.rename('./missing', './to').catch((reason: unknown) => reason);
    const { path, dest } = error as { path?: unknown; dest?: unknown };
    same({ path, dest }, { path: './missing', dest: './to' });
  }),
];
