import type { Starter } from '../container.ts';
import { identityOf } from '../machine/machine-process.ts';

let own: Promise<Starter> | undefined;

/** This program, as the one that starts a machine. */
export function thisProgram(): Promise<Starter> {
  own ??= identityOf(process.pid).then((identity) => ({ pid: process.pid, ...identity }));
  return own;
}
