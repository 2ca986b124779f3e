import { accessSync, constants as modes, statSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';

/** The program that is to be started, and where. */
export interface Executable {
  readonly file: string;
  readonly args: readonly string[];
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The longest argument or variable that Linux takes, with the zero at its end. */
const LONGEST_BYTES = 131_072;
/** Where the system looks for a program when nobody has said where. */
const USUAL_PATH = '/usr/bin:/bin';

/**
 * Finds out what would be in the way of a start, for those who are told nothing but that it failed.
 *
 * @throws What the system says when it refuses to start a program: `ENOENT`, `EACCES`, `ENOTDIR`, `E2BIG`.
 */
export function checkExecutable({ file, args, dir, env }: Executable): void {
  accessSync(`${dir}/.`, modes.X_OK);
  const codes = candidates(file, dir, env).map(obstacleAt);
  // as the system does it: the first that can be run, or what it was not allowed to run, or nothing was there
  if (!codes.includes(undefined)) throw refusal(file, codes.includes('EACCES') ? 'EACCES' : 'ENOENT');
  const words = [...args, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  if (words.some((word) => Buffer.byteLength(word) >= LONGEST_BYTES)) throw refusal(file, 'E2BIG');
}

function candidates(file: string, dir: string, env: Readonly<Record<string, string>>): string[] {
  if (file.includes('/')) return [resolve(dir, file)];
  return (env['PATH'] ?? USUAL_PATH).split(':').map((folder) => resolve(dir, folder, file));
}

function obstacleAt(path: string): 'ENOENT' | 'EACCES' | undefined {
  try {
    if (!statSync(path).isFile()) return 'EACCES';
    accessSync(path, modes.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'EACCES' : 'ENOENT';
  }
}

function refusal(file: string, code: 'E2BIG' | 'EACCES' | 'ENOENT'): Error {
  const facts = { code, errno: -constants.errno[code], syscall: `spawn ${file}`, path: file };
  return Object.assign(new Error(`spawn ${file} ${code}`), facts);
}
