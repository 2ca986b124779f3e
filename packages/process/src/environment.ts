import { COOKIE_NAME, cookieValue } from './terminate/cookie.ts';
import { hasProc } from './terminate/proc-table.ts';

/** What the environment of a process is made from. */
export interface EnvironmentOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly inheritEnv: boolean;
  /** By which the process and all that it starts are found again. */
  readonly mark: string;
}

/** The environment of a new process. */
export function environmentOf({ env, inheritEnv, mark }: EnvironmentOptions): Record<string, string> {
  const outer = process.env[COOKIE_NAME];
  const own = hasProc() ? cookieValue(outer, mark) : outer;
  const all = { ...(inheritEnv ? process.env : {}), ...env, [COOKIE_NAME]: own };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
