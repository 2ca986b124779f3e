import type { NodeFsCallbacks } from './callback-types.ts';
import type { Descriptors } from './descriptors.ts';
import { invalidType } from './errors.ts';
import type { NodeFlags, NodeFsPromises, NodeMode, NodePath, NodeStatOptions } from './types.ts';

const SAME = [
  ...(['access', 'appendFile', 'chmod', 'copyFile', 'lstat', 'mkdir', 'mkdtemp', 'readFile', 'readdir'] as const),
  ...(['readlink', 'rename', 'rm', 'rmdir', 'stat', 'symlink', 'truncate', 'unlink', 'utimes', 'writeFile'] as const),
] satisfies (keyof NodeFsPromises)[];

type Work = (...args: unknown[]) => Promise<unknown>;
type Done = (...results: unknown[]) => void;

/** Everything of `node:fs` with callbacks. A misuse arrives at the callback, too. */
export function toCallbacks(promises: NodeFsPromises, descriptors: Descriptors): NodeFsCallbacks {
  const realpath = callingBack(promises.realpath as Work);
  const callbacks = {
    ...Object.fromEntries(SAME.map((name) => [name, callingBack(promises[name] as Work)])),
    ...withDescriptors(descriptors),
    realpath: Object.assign(realpath, { native: realpath }),
    exists: (path: NodePath, done: Done): void => {
      promises.access(path).then(
        () => {
          process.nextTick(done, true);
        },
        () => {
          process.nextTick(done, false);
        },
      );
    },
  };
  // the overloads tell what each form gives; one function cannot
  return callbacks as unknown as NodeFsCallbacks;
}

function withDescriptors(descriptors: Descriptors): Record<string, (...args: never[]) => void> {
  const found = (fd: unknown, syscall: string): ReturnType<Descriptors['get']> =>
    descriptors.get(fd as number, syscall);
  const open: Work = async (path, flags, mode) =>
    (await descriptors.open(path as NodePath, flags as NodeFlags, mode as NodeMode)).fd;
  const close: Work = async (fd) => (await found(fd, 'close')).close();
  return {
    open: callingBack(open),
    close: (fd: unknown, done: unknown = rethrow) => {
      callingBack(close)(fd, done);
    },
    fstat: callingBack(async (fd, options) => (await found(fd, 'fstat')).stat(options as NodeStatOptions)),
    fsync: callingBack(async (fd) => (await found(fd, 'fsync')).sync()),
    ftruncate: callingBack(async (fd, length) => (await found(fd, 'ftruncate')).truncate(length as number | undefined)),
    read: callingBack(async (fd, ...range) => {
      const handle = await found(fd, 'read');
      const { bytesRead, buffer } = await handle.read(...(range as [Buffer, number, number, number]));
      return new Results(bytesRead, buffer);
    }),
    write: callingBack(async (fd, ...range) => {
      const handle = await found(fd, 'write');
      const { bytesWritten, buffer } = await handle.write(...(range as [Buffer, number, number, number]));
      return new Results(bytesWritten, buffer);
    }),
  };
}

/** More than one thing to call back with. */
class Results {
  readonly all: readonly unknown[];

  constructor(...all: readonly unknown[]) {
    this.all = all;
  }
}

function rethrow(error: unknown): void {
  if (error instanceof Error) throw error;
}

/** Calls back outside of any promise: what the callback throws is the process' affair, as in Node. */
function callingBack(work: Work): (...args: unknown[]) => void {
  return (...args) => {
    const done = args.at(-1);
    if (typeof done !== 'function') throw invalidType('cb', 'of type function', done);
    work(...args.slice(0, -1)).then(
      (result) => {
        process.nextTick(done, null, ...told(result));
      },
      (error: unknown) => {
        process.nextTick(done, error);
      },
    );
  };
}

function told(result: unknown): readonly unknown[] {
  if (result instanceof Results) return result.all;
  return result === undefined ? [] : [result];
}
