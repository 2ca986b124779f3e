import { describe } from '../check.ts';
import { checkFunction, checkName } from './check.ts';
import { CoreBusError } from './core-bus-error.ts';

/** What a service may have to be started and shut down by its bus; both may be asynchronous. */
export interface CoreService {
  /** `signal` is aborted when the start is no longer wanted. */
  onStartup?(options: { readonly signal: AbortSignal }): unknown;
  onShutdown?(): unknown;
}

/** A class whose objects can be told. */
export type ServiceClass<S> = abstract new (...args: never[]) => S;

/** A service that was registered. */
export interface Registered {
  readonly name: string;
  readonly service: CoreService;
}

/** Services by their names, in the order of their registration. */
export class Services {
  readonly #byName = new Map<string, Registered>();
  #isLocked = false;

  /** From now on nobody can be registered. */
  lock(): void {
    this.#isLocked = true;
  }

  register(name: string, service: object): Registered {
    checkName('name', name);
    checkService(service);
    if (this.#isLocked) throw refused('ERR_CORE_LOCKED', 'register', name, 'the bus is locked');
    if (this.#byName.has(name)) {
      throw refused('ERR_CORE_SERVICE_EXISTS', 'register', name, 'there is one of this name');
    }
    const registered = { name, service };
    this.#byName.set(name, registered);
    return registered;
  }

  get(name: string): object | undefined {
    checkName('name', name);
    return this.#byName.get(name)?.service;
  }

  of<S>(name: string, Class: ServiceClass<S>): S {
    checkFunction('Class', Class);
    const service = this.get(name);
    if (service === undefined) {
      const known = [...this.#byName.keys()].map((other) => JSON.stringify(other)).join(', ');
      const hint = known === '' ? 'None is registered.' : `There are ${known}.`;
      throw refused('ERR_CORE_SERVICE_NOT_FOUND', 'find', name, 'there is none of this name', hint);
    }
    if (service instanceof Class) return service;
    throw refused('ERR_CORE_SERVICE_WRONG_CLASS', 'find', name, `it is no ${Class.name}`);
  }
}

function checkService(service: object): void {
  if (typeof service !== 'object' || (service as unknown) === null) {
    throw new TypeError(`service must be an object, not ${describe(service)}`);
  }
  for (const hook of ['onStartup', 'onShutdown'] as const) {
    const given = (service as Readonly<Record<string, unknown>>)[hook];
    if (given !== undefined) checkFunction(`service.${hook}`, given);
  }
}

type Refusal =
  'ERR_CORE_LOCKED' | 'ERR_CORE_SERVICE_EXISTS' | 'ERR_CORE_SERVICE_NOT_FOUND' | 'ERR_CORE_SERVICE_WRONG_CLASS';

function refused(code: Refusal, verb: string, service: string, why: string, hint?: string): CoreBusError {
  const op = verb === 'register' ? 'core.registerService' : 'core.serviceFor';
  return new CoreBusError(`Cannot ${verb} the service ${JSON.stringify(service)}: ${why}`, { code, op, service, hint });
}
