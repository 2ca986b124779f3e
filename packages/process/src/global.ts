import { describe } from './check.ts';
import type { ServiceHost } from './core/process-events.ts';
import { ProcessError } from './errors.ts';
import type { RunOptions, ServiceOptions, StartOptions } from './options.ts';
import type { Process } from './process.ts';
import type { ProcessResult } from './result.ts';
import { Service } from './service.ts';

/** A bus that can say which services it has. */
export interface InitHost extends ServiceHost {
  service(name: string): object | undefined;
}

/** A command and how it is started, in one object. */
export interface StartRequest extends StartOptions {
  readonly command: string;
  readonly args?: readonly string[] | undefined;
}

/** A command and how it is run to its end, in one object. */
export interface RunRequest extends RunOptions, StartRequest {}

let current: Service | undefined;

/**
 * Makes the `process` service of this bus the default: the one that is registered there, or else a new one. It is the
 * bus's shutdown that closes it.
 *
 * @throws What `Service.register` throws.
 *
 * @example
 * ```ts
 * import { init, run } from '@core/process';
 * import { Core } from '@core/process/core';
 *
 * await using core = new Core();
 * init(core);
 * assert.equal((await run('echo', ['hello'])).stdout, 'hello\n');
 * ```
 */
export function init(core: InitHost, options: Omit<ServiceOptions, 'core'> = {}): Service {
  const registered =
    typeof (core as InitHost | undefined)?.service === 'function' ? core.service('process') : undefined;
  current = registered instanceof Service ? registered : Service.register(core, options);
  return current;
}

/**
 * Makes this service the default, or none where it is `undefined`. The one before is left as it is.
 *
 * @example
 * ```ts
 * import { defaultService, Service, setDefault } from '@core/process';
 *
 * await using service = new Service();
 * setDefault(service);
 * assert.equal(defaultService(), service);
 * ```
 */
export function setDefault(service: Service | undefined): void {
  if (service !== undefined && !(service instanceof Service)) {
    throw new TypeError(`service must be a Service or undefined, not ${describe(service)}`);
  }
  current = service;
}

/**
 * The default service.
 *
 * @throws `ERR_PROCESS_NOT_INITIALIZED` where there is none.
 *
 * @example
 * ```ts
 * import { defaultService, init } from '@core/process';
 * import { Core } from '@core/process/core';
 *
 * assert.throws(() => defaultService(), { code: 'ERR_PROCESS_NOT_INITIALIZED' });
 * await using core = new Core();
 * assert.equal(init(core), defaultService());
 * ```
 */
export function defaultService(): Service {
  return serviceFor('process.defaultService');
}

/**
 * `Service.start` of the default service.
 *
 * @throws `ERR_PROCESS_NOT_INITIALIZED` where there is none; what `Service.start` throws.
 *
 * @example
 * ```ts
 * import { init, start } from '@core/process';
 * import { Core } from '@core/process/core';
 *
 * await using core = new Core();
 * init(core);
 * const child = await start('echo', ['hello']);
 * assert.equal((await child.done).stdout, 'hello\n');
 * ```
 */
export async function start(command: string, args?: readonly string[], options?: StartOptions): Promise<Process> {
  return serviceFor('process.start').start(command, args, options);
}

/**
 * `Service.run` of the default service.
 *
 * @throws `ERR_PROCESS_NOT_INITIALIZED` where there is none; what `Service.run` throws.
 *
 * @example
 * ```ts
 * import { init, run } from '@core/process';
 * import { Core } from '@core/process/core';
 *
 * await using core = new Core();
 * init(core);
 * const { exitCode } = await run('sh', ['-c', 'exit 3'], { reject: false });
 * assert.equal(exitCode, 3);
 * ```
 */
export async function run(command: string, args?: readonly string[], options?: RunOptions): Promise<ProcessResult> {
  return serviceFor('process.run').run(command, args, options);
}

/**
 * `start` of what one object describes.
 *
 * @throws What {@link start} throws.
 *
 * @example
 * ```ts
 * import { init, startWithOptions } from '@core/process';
 * import { Core } from '@core/process/core';
 *
 * await using core = new Core();
 * init(core);
 * const child = await startWithOptions({ command: 'pwd', dir: '/' });
 * assert.equal((await child.done).stdout, '/\n');
 * ```
 */
export async function startWithOptions(request: StartRequest): Promise<Process> {
  const { command, args, ...options } = checked(request);
  return start(command, args, options);
}

/**
 * `run` of what one object describes.
 *
 * @throws What {@link run} throws.
 *
 * @example
 * ```ts
 * import { init, runWithOptions } from '@core/process';
 * import { Core } from '@core/process/core';
 *
 * await using core = new Core();
 * init(core);
 * const result = await runWithOptions({ command: 'cat', input: 'hello' });
 * assert.equal(result.stdout, 'hello');
 * ```
 */
export async function runWithOptions(request: RunRequest): Promise<ProcessResult> {
  const { command, args, ...options } = checked(request);
  return run(command, args, options);
}

/**
 * The process of this id of the default service, or `undefined`.
 *
 * @throws `ERR_PROCESS_NOT_INITIALIZED` where there is no default service.
 *
 * @example
 * ```ts
 * import { get, init, start } from '@core/process';
 * import { Core } from '@core/process/core';
 *
 * await using core = new Core();
 * init(core);
 * const child = await start('true');
 * assert.equal(get(child.id), child);
 * assert.equal(get('proc-99'), undefined);
 * ```
 */
export function get(id: string): Process | undefined {
  return serviceFor('process.get').get(id);
}

/**
 * All processes that the default service knows, in the order in which they were asked for.
 *
 * @throws `ERR_PROCESS_NOT_INITIALIZED` where there is no default service.
 *
 * @example
 * ```ts
 * import { init, list, run } from '@core/process';
 * import { Core } from '@core/process/core';
 *
 * await using core = new Core();
 * init(core);
 * await run('true');
 * await run('echo');
 * assert.deepEqual(list().map(({ command }) => command), ['true', 'echo']);
 * ```
 */
export function list(): Process[] {
  return serviceFor('process.list').list();
}

/**
 * The processes of the default service that run.
 *
 * @throws `ERR_PROCESS_NOT_INITIALIZED` where there is no default service.
 *
 * @example
 * ```ts
 * import { init, running, start } from '@core/process';
 * import { Core } from '@core/process/core';
 *
 * await using core = new Core();
 * init(core);
 * const child = await start('sleep', ['300']);
 * assert.deepEqual(running(), [child]);
 * await child.kill();
 * assert.deepEqual(running(), []);
 * ```
 */
export function running(): Process[] {
  return serviceFor('process.running').running();
}

/**
 * Ends the process of this id of the default service, and everything that it started.
 *
 * @throws `ERR_PROCESS_NOT_INITIALIZED` where there is no default service; `ERR_PROCESS_NOT_FOUND`.
 *
 * @example
 * ```ts
 * import { init, kill, start } from '@core/process';
 * import { Core } from '@core/process/core';
 *
 * await using core = new Core();
 * init(core);
 * const child = await start('sleep', ['300']);
 * await kill(child.id);
 * assert.equal(child.status, 'killed');
 * ```
 */
export async function kill(id: string): Promise<void> {
  await serviceFor('process.kill').kill(id);
}

function serviceFor(op: string): Service {
  if (current !== undefined) return current;
  const what = op.slice(op.indexOf('.') + 1);
  throw new ProcessError(`Cannot call ${what}(): there is no default service`, {
    ...{ code: 'ERR_PROCESS_NOT_INITIALIZED', op },
    hint: 'Call `init(core)` or `setDefault(service)` first.',
  });
}

function checked<R extends StartRequest>(request: R): R {
  if (typeof request === 'object' && (request as unknown) !== null) return request;
  throw new TypeError(`request must be an object with a command, not ${describe(request)}`);
}
