import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { copyExactly, type ExpectedContent, type FileRef } from './content.ts';
import { type CacheRecord, pathsOf, recordOf } from './record.ts';
import { readSealed, writeSealed } from './sealed.ts';
import type { Folder } from './workspace.ts';

/** A record that was used within this time is not marked as used again. */
const USED_MS = 24 * 3_600_000;

/**
 * Results of tasks in a folder of a medium: `blobs/` by the SHA-256 of their content, `records/` by fingerprint,
 * `left/` by task.
 *
 * Every file is written atomically and a record after all that it names, so a store that is cut short leaves nothing
 * that counts; a blob is verified while it is copied out. Any number of programs can use it at the same time.
 */
export class ResultStore {
  readonly medium: Medium;
  readonly root: string;

  constructor({ medium, dir }: Folder) {
    this.medium = medium;
    this.root = `${dir}/v1`;
  }

  /** The record of a fingerprint; one that is damaged is none. */
  async record(key: string, options: CancelOptions = {}): Promise<CacheRecord | undefined> {
    return recordOf(await readSealed(this.medium, this.#path('records', key), options), key);
  }

  /** Keeps a record, whose blobs must all be there. */
  async keep(record: CacheRecord, options: CancelOptions = {}): Promise<void> {
    await writeSealed(this.medium, this.#path('records', record.key), record, options);
  }

  async forget(key: string): Promise<void> {
    await this.#delete(this.#path('records', key));
  }

  /** Notes that a record is of use, so that it is not pruned as an old one; at most once a day. */
  async used(key: string, now: Date): Promise<void> {
    const path = this.#path('records', key);
    const { mtime } = await this.medium.stat(path);
    if (!this.medium.capabilities.mtime || now.getTime() - mtime.getTime() < USED_MS) return;
    await this.medium.utimes(path, now, now);
  }

  /** Keeps the content of a file; what is there already is not written again. */
  async put(from: FileRef, content: ExpectedContent, { signal }: CancelOptions = {}): Promise<void> {
    const to = this.blob(content.sha256);
    if ((await sizeOf(to, { signal })) === content.size) return;
    await copyExactly(from, to, { ...content, signal });
  }

  blob(sha256: string): FileRef {
    return { medium: this.medium, path: this.#path('blobs', sha256) };
  }

  async forgetBlob(sha256: string): Promise<void> {
    await this.#delete(this.blob(sha256).path);
  }

  /** The paths that a task left the last time, by an id of the task. */
  async left(id: string, options: CancelOptions = {}): Promise<readonly string[]> {
    return pathsOf(await readSealed(this.medium, this.#path('left', id), options));
  }

  async setLeft(id: string, paths: readonly string[], options: CancelOptions = {}): Promise<void> {
    await writeSealed(this.medium, this.#path('left', id), paths, options);
  }

  #path(folder: 'blobs' | 'left' | 'records', name: string): string {
    return `${this.root}/${folder}/${name.slice(0, 2)}/${name.slice(2)}`;
  }

  async #delete(path: string): Promise<void> {
    await this.medium.deleteAll(path);
  }
}

async function sizeOf({ medium, path }: FileRef, options: CancelOptions): Promise<number | undefined> {
  try {
    const { kind, size } = await medium.stat(path, options);
    return kind === 'file' ? size : undefined;
  } catch (error) {
    if (isCoreError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
