import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';

import { pump, type Medium } from '@core/io';

import type { Artifact } from '../artifact.ts';
import type { ArchiveEncoder, EncodedEntry } from './encoder.ts';
import type { Member } from './member.ts';
import type { ArchiveSettings } from './options.ts';
import type { ArchivePlan } from './plan.ts';
import { ReadAhead } from './read-ahead.ts';
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
  const { members } = plan;
  await using contents = new ReadAhead(
    medium,
    members.map(({ kind, path, size }) => (kind === 'file' ? { path, size, op: 'build.archive', signal } : undefined)),
  );
  const entries = members.map((member, index) => encodedEntry(member, () => progress.of(contents.content(index))));
  const bytes = encoder.encode(entries, { level, workers, mtime: sourceDate(), signal });
  const written = await writeHashed(medium.writeStream(plan.path, { signal }), bytes);
  const { os, arch } = plan.artifact;
  return { path: plan.path, os, arch, ...written, kind: 'archive' };
}

/** Tells how far the reading is. */
class Progress {
  readonly #plan: ArchivePlan;
  readonly #onProgress: ArchiveSettings['onProgress'];
  #doneBytes = 0;

  constructor(plan: ArchivePlan, { onProgress }: ArchiveSettings) {
    this.#plan = plan;
    this.#onProgress = onProgress;
  }

  /** The chunks as they are; each is told of. */
  async *of(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#doneBytes += chunk.length;
      const { path, totalBytes } = this.#plan;
      this.#onProgress?.({ path, totalBytes, doneBytes: this.#doneBytes });
      yield chunk;
    }
  }
}

function encodedEntry(
  { name, kind, size, executable, target }: Member,
  content: () => AsyncIterable<Uint8Array>,
): EncodedEntry {
  switch (kind) {
    case 'dir':
      return { kind, name };
    case 'symlink':
      return { kind, name, target };
    case 'file':
      return { kind, name, size, executable, content };
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
