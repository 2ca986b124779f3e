import { createHash, randomBytes } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

import { errorCode } from './system-error.ts';
import { isAlive, type Owner, thisOwner } from './owner.ts';

/** More than any token has; of a longer file this much is looked at. */
const TOKEN_MAX_BYTES = 4096;

/** What a lock file says; one per attempt, never used again. */
export interface Token {
  readonly owner: Owner;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Unlike that of any other token. */
  readonly id: string;
}

/** What a file that should hold a token was found to hold. */
export interface Found {
  /** `undefined` where it holds none: written by somebody else, or torn by a power cut. */
  readonly token: Token | undefined;
  /** That of the token; else made from content, file and time, so that no later file has the same. */
  readonly id: string;
  /** When the holder last gave a sign of life, by the clock of the file system. */
  readonly mtimeMs: number;
}

/** A token of this process. */
export function newToken(): Token {
  return { owner: thisOwner(), since: Date.now(), id: randomBytes(8).toString('hex') };
}

/** A token as its file holds it: one line of JSON with documented keys, so that people can read it. */
export function encodeToken({ owner, since, id }: Token): string {
  const { pid, startedAt, space } = owner;
  return `${JSON.stringify({ pid, started_at: startedAt, space, since: new Date(since).toISOString(), id })}\n`;
}

/** What the file of that name holds; `undefined` where there is none. Anything but a file is refused. */
export function readToken(path: string): Found | undefined {
  let fd: number;
  try {
    // neither led away by a link nor held up by a fifo; Windows has no such flags, which count as 0
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const buffer = Buffer.alloc(TOKEN_MAX_BYTES);
    const stats = fstatSync(fd, { bigint: true });
    return found(buffer.toString('utf8', 0, readSync(fd, buffer, 0, TOKEN_MAX_BYTES, 0)), stats);
  } finally {
    closeSync(fd);
  }
}

/** Who holds what the file of that name holds, for whoever waited for it in vain. */
export function describeHolder(path: string): string {
  const found = readToken(path);
  if (found === undefined) return 'It was free for a moment, and others were quicker.';
  if (found.token === undefined) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return `Nobody can be read from ${name}: delete it if no process uses it, or pass \`stale\`.`;
  }
  const { owner, since } = found.token;
  const holder = `It is held by process ${String(owner.pid)} since ${new Date(since).toISOString()}`;
  if (isAlive(owner) !== 'unknown') return `${holder}.`;
  return `${holder}, on another machine or in another container: pass \`stale\` to take over from one without a sign of life.`;
}

function found(text: string, { dev, ino, mtimeNs }: BigIntStats): Found {
  const mtimeMs = Number(mtimeNs / 1000n) / 1000;
  const token = decodeToken(text);
  if (token !== undefined) return { token, id: token.id, mtimeMs };
  const id = createHash('sha256')
    .update(`${String(dev)} ${String(ino)} ${String(mtimeNs)} ${text}`)
    .digest('hex');
  return { token, id: id.slice(0, 16), mtimeMs };
}

function decodeToken(text: string): Token | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { pid, started_at: startedAt, space, since, id } = value as Partial<Record<string, unknown>>;
  // a number below 1 would be a group of processes
  if (!Number.isSafeInteger(pid) || (pid as number) < 1) return undefined;
  if (!isText(startedAt, /^\d+$/u) || !isText(space, /^\w+$/u) || !isText(id, /^[0-9a-f]{16}$/u)) return undefined;
  const at = typeof since === 'string' ? Date.parse(since) : Number.NaN;
  return Number.isNaN(at) ? undefined : { owner: { pid: pid as number, startedAt, space }, since: at, id };
}

function isText(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}
