import type { Entry } from './scan.ts';

/** An entry that can be kept and put back. */
export type OutputEntry =
  Extract<Entry, { readonly kind: 'file' | 'symlink' }> | { readonly kind: 'dir'; readonly path: string };

/** What is kept of a task that passed. */
export interface CacheRecord {
  readonly version: 1;
  readonly key: string;
  readonly duration_ms: number;
  /** What it wrote to its streams. */
  readonly log: string;
  readonly outputs: readonly OutputEntry[];
}

/** The record of this key, where the value is one; a cache may have been written by anybody, so nothing is believed. */
export function recordOf(value: unknown, key: string): CacheRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { version, key: own, duration_ms, log, outputs } = value as Readonly<Record<keyof CacheRecord, unknown>>;
  if (version !== 1 || own !== key || typeof duration_ms !== 'number' || typeof log !== 'string') return undefined;
  if (!Array.isArray(outputs) || !outputs.every(isEntry)) return undefined;
  return { version, key, duration_ms, log, outputs };
}

/** The paths of such a list, where the value is one. */
export function pathsOf(value: unknown): readonly string[] {
  return Array.isArray(value) && value.every(isPath) ? value : [];
}

function isEntry(value: unknown): value is OutputEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, path, mode, size, sha256, target } = value as Readonly<Record<string, unknown>>;
  if (!isPath(path)) return false;
  if (kind === 'symlink') return typeof target === 'string';
  if (kind !== 'file') return kind === 'dir';
  return (
    isCount(mode) && mode <= 0o7777 && isCount(size) && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** A path below a directory, in its one spelling. */
function isPath(value: unknown): value is string {
  return typeof value === 'string' && value.split('/').every((name) => name !== '' && name !== '.' && name !== '..');
}
