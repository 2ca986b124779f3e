import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';

import type { Medium } from '@core/io';

import type { Artifact } from '../artifact.ts';
import { pump } from '../pump.ts';
import type { ArchiveEncoder, EncodedEntry } from './encoder.ts';
import { fileContent } from './file-content.ts';
import type { Member } from './member.ts';
import type { ArchiveSettings } from './options.ts';
import type { ArchivePlan } from './plan.ts';
import { sourceDate } from './reproducible.ts';

/** What was written. */
interface Written {
  readonly size: number;
  /** SHA-256, lower-case hex. */
  readonly checksum: string;
}

/** Writes a planned archive; its digest is computed on the way. Where this fails nothing is left of it. */
export async function writeArchive(
  medium: Medium,
  plan: ArchivePlan,
  { encoder, ...settings }: ArchiveSettings & { readonly encoder: ArchiveEncoder },
): Promise<Artifact> {
  const { level, workers, signal } = settings;
  const progress = new Progress(plan, settings);
  const entries = plan.members.map((member) => encodedEntry(medium, member, progress));
  const bytes = encoder.encode(entries, { level, workers, mtime: sourceDate() });
  const written = await writeHashed(medium.writeStream(plan.path, { signal }), bytes);
  const { os, arch } = plan.artifact;
  return { path: plan.path, os, arch, ...written, kind: 'archive' };
}

/** Tells how far the reading is. */
class Progress {
  readonly #plan: ArchivePlan;
  readonly #settings: ArchiveSettings;
  #doneBytes = 0;

  constructor(plan: ArchivePlan, settings: ArchiveSettings) {
    this.#plan = plan;
    this.#settings = settings;
  }

  get signal(): AbortSignal | undefined {
    return this.#settings.signal;
  }

  add(bytes: number): void {
    this.#doneBytes += bytes;
    const { path, totalBytes } = this.#plan;
    this.#settings.onProgress?.({ path, totalBytes, doneBytes: this.#doneBytes });
  }
}

function encodedEntry(medium: Medium, member: Member, progress: Progress): EncodedEntry {
  const { name, kind, path, size, executable, target } = member;
  switch (kind) {
    case 'dir':
      return { kind, name };
    case 'symlink':
      return { kind, name, target };
    case 'file':
      return { kind, name, size, executable, content: () => counted(medium, { path, size }, progress) };
  }
}

async function* counted(
  medium: Medium,
  file: { readonly path: string; readonly size: number },
  progress: Progress,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of fileContent(medium, { ...file, op: 'build.archive', signal: progress.signal })) {
    progress.add(chunk.length);
    yield chunk;
  }
}

/** Writes all chunks, and takes their digest on the way. */
async function writeHashed(stream: Writable, chunks: AsyncIterable<Uint8Array>): Promise<Written> {
  const hash = createHash('sha256');
  let size = 0;
  const seen = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  await pump(seen(), stream);
  return { size, checksum: hash.digest('hex') };
}
