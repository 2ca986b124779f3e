import { runSync } from '../spawn.ts';

/** Runs a helper program of the system to its end. */
export type RunHelper = (file: string, args: readonly string[]) => void;

/** Ends a process on Windows and all that descends from it, by force: for programs without windows there is no other way. */
export function taskkill(pid: number, run: RunHelper = runSync): void {
  run('taskkill', ['/PID', String(pid), '/T', '/F']);
}
