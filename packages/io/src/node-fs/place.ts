import { fileURLToPath } from 'node:url';

import { invalidType, invalidValue } from './errors.ts';

/** A path as the caller wrote it, checked to be one. */
export interface Place {
  readonly given: string;
  /** It ends in `/` or `/.`: what it leads to must be a directory. */
  readonly slash: boolean;
}

export function toPlace(path: unknown, name = 'path'): Place {
  const given = toText(path, name);
  if (given.includes('\0')) {
    throw invalidValue(name, 'must be a string, Uint8Array, or URL without null bytes', given);
  }
  return { given, slash: /[^/]\/+\.?$/.test(given) };
}

function toText(path: unknown, name: string): string {
  if (typeof path === 'string') return path;
  if (path instanceof Uint8Array) return Buffer.from(path).toString('utf8');
  if (path instanceof URL) return fileURLToPath(path);
  throw invalidType(name, 'of type string or an instance of Buffer or URL', path);
}
