import { checkedStdio, checkNumber, describe } from '../check.ts';
import type { PtyOptions, StartOptions } from '../options.ts';
import type { PtyPlan } from './launcher.ts';

/** What a terminal can count. */
const MOST = 65_535;

/** The terminal that is asked for, with nothing left open; misuse throws. */
export function checkedPty({ pty = false, detached = false, stdio = {} }: StartOptions): PtyPlan | undefined {
  if (typeof pty !== 'boolean' && (typeof pty !== 'object' || (pty as unknown) === null)) {
    throw new TypeError(`pty must be true, false or { columns, rows, name }, not ${describe(pty)}`);
  }
  if (pty === false) return undefined;
  const { stdin = 'pipe', ...others } = typeof stdio === 'string' ? { stdin: stdio } : stdio;
  const other = Object.values({ ...checkedStdio({ stdio: others }), stdin }).find((target) => target !== 'pipe');
  if (other !== undefined) throw new TypeError(`pty takes all three streams, and stdio makes one ${describe(other)}`);
  if (detached) throw new TypeError('pty needs detached to be false: a terminal ends with the program that opened it');
  const { columns = 80, rows = 24, name = 'xterm-256color' }: PtyOptions = pty === true ? {} : pty;
  checkSize(columns, rows);
  if (typeof name !== 'string' || name === '' || name.includes('\0')) {
    throw new TypeError(`pty.name must be the name of a terminal such as "xterm-256color", not ${describe(name)}`);
  }
  return { columns, rows, name };
}

/** Refuses what is no size of a terminal. */
export function checkSize(columns: number, rows: number): void {
  checkNumber('columns', columns, 1, MOST);
  checkNumber('rows', rows, 1, MOST);
}
