import type { Awaitable, DriverHandle, DriverSink, MediumDriver } from '../driver.ts';
import type { CompleteDriver } from '../layers/driver-of.ts';
import type { Lock } from '../medium.ts';
import type { Faults } from './faults.ts';

/** The primitives of a medium, each by way of the faults. `removeAll` is left to be derived, so that it has steps. */
export function faultyDriver(inner: CompleteDriver, faults: Faults): MediumDriver {
  const { capabilities } = inner;
  return {
    capabilities,
    ...pathsOf(inner),
    ...reading(inner, faults),
    ...writing(inner, faults),
    ...changing(inner, faults),
    ...optional(inner, faults),
    ...opening(inner, faults),
    ...holding(inner, faults),
  };
}

type Part<K extends keyof MediumDriver> = Pick<MediumDriver, K>;

function pathsOf(inner: CompleteDriver): Part<'normalize' | 'present'> {
  const normalize = inner.normalize?.bind(inner);
  const present = inner.present?.bind(inner);
  return { ...(normalize && { normalize }), ...(present && { present }) };
}

function reading(inner: CompleteDriver, faults: Faults): Part<'list' | 'read' | 'stat'> {
  return {
    stat: (path, follow) => faults.run({ op: 'stat', path }, { whole: () => inner.stat(path, follow) }),
    list: (path) => faults.run({ op: 'list', path }, { whole: () => inner.list(path) }),
    read: (path, signal, borrow) =>
      faults.run({ op: 'read', path }, { signal, whole: () => inner.read(path, signal, borrow) }),
  };
}

function writing(inner: CompleteDriver, faults: Faults): Part<'append' | 'write'> {
  return {
    write: (path, bytes, options) => {
      const put = (part: Uint8Array): Awaitable<void> => inner.write(path, part, options);
      const torn = (length: number): Awaitable<void> => put(bytes.subarray(0, length));
      return faults.run({ op: 'write', path }, { signal: options.signal, whole: () => put(bytes), torn });
    },
    append: (path, bytes, options) => {
      const add = (part: Uint8Array): Awaitable<void> => inner.append(path, part, options);
      const torn = (length: number): Awaitable<void> => add(bytes.subarray(0, length));
      return faults.run({ op: 'append', path }, { signal: options.signal, whole: () => add(bytes), torn });
    },
  };
}

function changing(inner: CompleteDriver, faults: Faults): Part<'mkdir' | 'remove' | 'rename'> {
  return {
    mkdir: (path) => faults.run({ op: 'mkdir', path }, { whole: () => inner.mkdir(path) }),
    remove: (path) => faults.run({ op: 'remove', path }, { whole: () => inner.remove(path) }),
    rename: (path, dest) => faults.run({ op: 'rename', path, dest }, { whole: () => inner.rename(path, dest) }),
  };
}

/** What not every medium can do. */
function optional(
  inner: CompleteDriver,
  faults: Faults,
): Part<'chmod' | 'readLink' | 'realPath' | 'symlink' | 'utimes'> {
  const [chmod, utimes] = [inner.chmod?.bind(inner), inner.utimes?.bind(inner)];
  const [readLink, symlink] = [inner.readLink?.bind(inner), inner.symlink?.bind(inner)];
  const realPath = inner.realPath?.bind(inner);
  return {
    ...(chmod && { chmod: (path, mode) => faults.run({ op: 'chmod', path }, { whole: () => chmod(path, mode) }) }),
    ...(utimes && {
      utimes: (path, atime, mtime) => faults.run({ op: 'utimes', path }, { whole: () => utimes(path, atime, mtime) }),
    }),
    ...(readLink && { readLink: (path) => faults.run({ op: 'readLink', path }, { whole: () => readLink(path) }) }),
    ...(symlink && {
      symlink: (dest, path) => faults.run({ op: 'symlink', path, dest }, { whole: () => symlink(dest, path) }),
    }),
    ...(realPath && { realPath: (path) => faults.run({ op: 'realPath', path }, { whole: () => realPath(path) }) }),
  };
}

function opening(inner: CompleteDriver, faults: Faults): Part<'create' | 'open'> {
  return {
    open: async (path, walker) => {
      const letGo = (handle: DriverHandle): Awaitable<void> => handle.close();
      const handle = await faults.run({ op: 'open', path }, { whole: () => inner.open(path, walker), letGo });
      return faultyHandle(handle, path, faults);
    },
    create: async (path, options) => {
      const { signal } = options;
      const whole = (): Awaitable<DriverSink> => inner.create(path, options);
      const letGo = (sink: DriverSink): Awaitable<void> => sink.abort();
      const sink = await faults.run({ op: 'create', path }, { signal, whole, letGo });
      return faultySink(sink, path, faults);
    },
  };
}

function faultyHandle(handle: DriverHandle, path: string, faults: Faults): DriverHandle {
  const { closed } = faults.opened(() => handle.close());
  return {
    initialSize: handle.initialSize,
    read: (...range) => faults.run({ op: 'handle.read', path }, { whole: () => handle.read(...range) }),
    stat: () => faults.run({ op: 'handle.stat', path }, { whole: () => handle.stat() }),
    close: () => (closed() ? handle.close() : undefined),
  };
}

function faultySink(sink: DriverSink, path: string, faults: Faults): DriverSink {
  const { closed } = faults.opened(() => sink.abort());
  const commit = async (): Promise<void> => {
    if (closed()) await sink.commit();
  };
  return {
    write: (bytes) => {
      const torn = async (length: number): Promise<void> => {
        await sink.write(bytes.subarray(0, length));
        await commit(); // what a medium that is not atomic would have by now
      };
      return faults.run({ op: 'sink.write', path }, { whole: () => sink.write(bytes), torn });
    },
    commit: async () => {
      try {
        await faults.run({ op: 'sink.commit', path }, { whole: commit });
      } catch (error) {
        if (closed()) await sink.abort(); // a commit that fails leaves nothing
        throw error;
      }
    },
    abort: () => (closed() ? sink.abort() : undefined),
  };
}

function holding(inner: CompleteDriver, faults: Faults): Part<'lock' | 'watch'> {
  const watch = inner.watch?.bind(inner);
  return {
    lock: async (path, options) => {
      const whole = (): Awaitable<Lock> => inner.lock(path, options);
      const letGo = (lock: Lock): Awaitable<void> => lock.close();
      return faultyLock(await faults.run({ op: 'lock', path }, { signal: options.signal, whole, letGo }), faults);
    },
    ...(watch && {
      async *watch(path, signal) {
        await faults.run({ op: 'watch', path }, { signal, whole: () => undefined });
        yield* untilCrash(faults, signal, (either) => watch(path, either));
      },
    }),
  };
}

async function* untilCrash<T>(
  faults: Faults,
  signal: AbortSignal | undefined,
  watch: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const crash = new AbortController();
  const { closed } = faults.opened(() => {
    crash.abort();
  });
  try {
    yield* watch(AbortSignal.any(signal === undefined ? [crash.signal] : [crash.signal, signal]));
  } catch (error) {
    faults.assertAlive();
    throw error;
  } finally {
    closed();
  }
  faults.assertAlive();
}

function faultyLock(lock: Lock, faults: Faults): Lock {
  const { closed } = faults.opened(() => lock.close());
  const close = async (): Promise<void> => {
    if (closed()) await lock.close();
  };
  return { close, [Symbol.asyncDispose]: close };
}
