import { COOKIE_NAME, cookieValue } from './terminate/cookie.ts';
import { hasProc } from './terminate/proc-table.ts';

/** What the environment of a process is made from. */
export interface EnvironmentOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly inheritEnv: boolean;
  /** By which the process and all that it starts are found again. */
  readonly mark: string;
}

/**
 * The environment of a new process, as `spawn` takes it: inherited properties count, and one that is `undefined` is no
 * variable. To copy all variables of this program for each start would be its most expensive step in JavaScript.
 */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of a new process. */
export function environmentOf({ env, inheritEnv, mark }: EnvironmentOptions): Environment {
  const all = Object.create(inheritEnv ? process.env : null) as Record<string, string>;
  for (const name of Object.keys(env)) define(all, name, env[name]);
  const outer = process.env[COOKIE_NAME];
  define(all, COOKIE_NAME, hasProc() ? cookieValue(outer, mark) : outer);
  return all;
}

/** The same variables as an object's own, for those who look at nothing else. */
export function ownVariables(environment: Environment): Record<string, string> {
  const all = Object.create(null) as Record<string, string>;
  for (const name in environment) {
    const value = environment[name];
    if (value !== undefined) all[name] = value;
  }
  return all;
}

/** Not by assignment, which would change the environment that it inherits from. */
function define(all: Record<string, string>, name: string, value: string | undefined): void {
  Object.defineProperty(all, name, { value, enumerable: true, configurable: true });
}
