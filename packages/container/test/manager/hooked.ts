import { localMedium, type Medium } from '@core/io';

/** What is about to be done with a path of a medium. */
export type Hook = (method: string, path: string) => Promise<void> | void;

/** This disk, where something is done before each call: so another program can be just quicker. */
export function hooked(hook: Hook): Medium {
  return new Proxy(localMedium(), {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (!ASYNC.has(String(name))) return value.bind(target) as unknown;
      return async (...args: unknown[]): Promise<unknown> => {
        await hook(String(name), String(args[0]));
        return (await Reflect.apply(value, target, args)) as unknown;
      };
    },
  });
}

const ASYNC = new Set([
  'append',
  'delete',
  'deleteAll',
  'ensureDir',
  'list',
  'lock',
  'read',
  'rename',
  'stat',
  'write',
]);

/** The same, once: when this method comes to a path that ends like this. */
export function onceAt(wanted: string, ending: string, work: () => Promise<unknown>): Hook {
  let isDone = false;
  return async (method, path) => {
    if (isDone || method !== wanted || !path.endsWith(ending)) return;
    isDone = true;
    await work();
  };
}
