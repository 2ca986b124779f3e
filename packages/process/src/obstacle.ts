import { localMedium } from '@core/io';

import type { SpawnObstacle } from './outcome.ts';

/** Why a process could not be started. */
export interface Obstacle {
  /** The system's own code. */
  readonly code: string;
  readonly what: SpawnObstacle;
  /** Half a sentence for people. */
  readonly reason: string;
  readonly hint?: string;
  readonly cause: unknown;
}

type Finding = Omit<Obstacle, 'code' | 'cause'>;

const TOO_MUCH: Readonly<Record<string, Finding>> = {
  E2BIG: {
    what: 'arguments',
    reason: 'its arguments and environment are too long for the system',
    hint: 'Hand the data over in a file or with `input`; one argument may have 131,071 bytes on Linux.',
  },
  EMFILE: { what: 'resources', reason: 'this program has too many open files', hint: 'Run fewer processes at once.' },
  ENFILE: { what: 'resources', reason: 'the system has too many open files' },
  EAGAIN: { what: 'resources', reason: 'there are too many processes', hint: 'Run fewer processes at once.' },
  ECONNRESET: {
    what: 'resources',
    reason: 'somebody ended the process that starts others for this program',
    hint: 'Start it again: another one takes its place.',
  },
  ENOMEM: { what: 'resources', reason: 'there is not enough memory' },
  ENOTSUP: {
    what: 'resources',
    reason: 'its stdout and stderr cannot be one on this system',
    hint: 'Use `output: "split"`, or `2>&1` in a command line with `shell`.',
  },
};

const WRONG_DIR: Readonly<Record<string, string>> = {
  ENOENT: 'the directory does not exist',
  ENOTDIR: 'the directory is not a directory',
  EACCES: 'the directory may not be entered',
  ELOOP: 'the directory is a loop of symbolic links',
};

/** Finds out what was in the way of a start: the system names only a code, which may mean program or directory. */
export async function obstacleOf(error: unknown, command: string, dir: string): Promise<Obstacle> {
  const code = codeOf(error) ?? 'UNKNOWN';
  const tooMuch = TOO_MUCH[code];
  if (tooMuch !== undefined) return { code, cause: error, ...tooMuch };
  const dirCode = await faultOfDir(dir);
  if (dirCode !== undefined) return { code: dirCode, cause: error, ...ofDir(dirCode) };
  return { code, cause: error, ...ofCommand(code, command) };
}

/** The obstacle where a medium knows no real path for a directory, or refuses it. */
export function obstacleOfMedium(error: unknown): Obstacle {
  const code = codeOf(error) ?? 'ENOENT';
  if (error !== undefined) return { code, cause: error, ...ofDir(code) };
  const hint = 'A process needs a directory on a disk: use a medium with the capability `realPath`.';
  return { code, cause: error, what: 'dir', reason: 'the directory is in a medium that is on no disk', hint };
}

function ofDir(code: string): Finding {
  return { what: 'dir', reason: WRONG_DIR[code] ?? `the directory cannot be used (${code})` };
}

function ofCommand(code: string, command: string): Finding {
  const isPath = command.includes('/');
  if (code === 'EACCES') return { what: 'command', reason: 'the program may not be executed', hint: 'Check its mode.' };
  if (code !== 'ENOENT') return { what: 'command', reason: `the program cannot be executed (${code})` };
  return isPath
    ? {
        what: 'command',
        reason: 'there is no such program',
        hint: 'For a script: its first line names a program, too.',
      }
    : { what: 'command', reason: 'there is no such program on the PATH', hint: 'Install it, or give its whole path.' };
}

/** What is wrong with a directory; `undefined` where a process could run in it. */
async function faultOfDir(dir: string): Promise<string | undefined> {
  const local = localMedium();
  try {
    if ((await local.stat(dir)).kind !== 'dir') return 'ENOTDIR';
    await local.exists(`${dir}/x`); // needs the right to enter it, whether or not there is such a thing
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): string | undefined {
  const { code } = Object(error) as { readonly code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
