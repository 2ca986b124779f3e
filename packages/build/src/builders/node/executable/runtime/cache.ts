import { createHash, type Hash } from 'node:crypto';
import { homedir } from 'node:os';

import { type CancelOptions, localMedium, type Medium, pump } from '@core/io';

import { type ReadEntry } from '../../../../archive/read/checked-entries.ts';
import { readArchive } from '../../../../archive/read/archive-reader.ts';
import { BuildError } from '../../../../errors.ts';
import { listIfThere, nameOf, pathBelow } from '../../../../paths.ts';
import type { RuntimePackage } from './packages.ts';

/** A Node binary in the cache. */
export interface CachedRuntime {
  readonly path: string;
  /** What its SHA-256 was when it was put there. */
  readonly checksum: string;
}

/** One version of a package. */
export interface RuntimeVersion {
  readonly package: RuntimePackage;
  readonly version: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where what can be had again is kept: `$CORE_BUILD_CACHE`, else where the system keeps such things. */
export function cacheFolder(env: Environment, platform: string = process.platform): string {
  const own = env['CORE_BUILD_CACHE'] ?? '';
  if (own !== '') return own;
  const home = (platform === 'win32' ? env['USERPROFILE'] : env['HOME']) ?? homedir();
  if (platform === 'darwin') return `${home}/Library/Caches/core-build`;
  if (platform === 'win32') return `${env['LOCALAPPDATA'] ?? `${home}/AppData/Local`}/core-build`;
  const xdg = env['XDG_CACHE_HOME'] ?? '';
  return `${xdg.startsWith('/') ? xdg : `${home}/.cache`}/core-build`;
}

/**
 * Node binaries on the disk, for all builds of this user. One appears whole, with its digest, or not at all; of two
 * builds that want the same one at once, one fetches it.
 */
export class RuntimeCache {
  readonly #disk: Medium = localMedium();
  readonly #folder: string;

  constructor(env: Environment) {
    this.#folder = pathBelow(cacheFolder(env), 'node');
  }

  /** The versions of a package that are here. */
  async versions({ name }: RuntimePackage, options: CancelOptions): Promise<string[]> {
    const entries = await listIfThere(this.#disk, this.#folder, options);
    return entries.flatMap((entry) => (entry.name.startsWith(`${name}@`) ? [entry.name.slice(name.length + 1)] : []));
  }

  /** What is here of a version. */
  async find(wanted: RuntimeVersion, options: CancelOptions): Promise<CachedRuntime | undefined> {
    const path = pathBelow(this.#place(wanted), nameOf(wanted.package.file));
    const digest = `${path}.sha256`;
    if (!(await this.#disk.isFile(digest, options)) || !(await this.#disk.isFile(path, options))) return undefined;
    const checksum = (await this.#disk.read(digest, options)).slice(0, 64);
    return { path, checksum };
  }

  /** What is here, or else what `fetch` brings: it puts the archive of the package into the folder that it is given. */
  async obtain(
    wanted: RuntimeVersion,
    { signal }: CancelOptions,
    fetch: (folder: string) => Promise<void>,
  ): Promise<CachedRuntime> {
    await this.#disk.ensureDir(this.#folder, { signal });
    return this.#locked(wanted, { signal }, async () => {
      const found = await this.find(wanted, { signal });
      return found ?? this.#make(wanted, { signal }, fetch);
    });
  }

  /** Takes a version out that turned out to be damaged, unless it is another by now. */
  async discard(wanted: RuntimeVersion, { checksum }: CachedRuntime, { signal }: CancelOptions): Promise<void> {
    await this.#locked(wanted, { signal }, async () => {
      const found = await this.find(wanted, { signal });
      if (found?.checksum === checksum) await this.#disk.deleteAll(this.#place(wanted), { signal });
    });
  }

  async #locked<T>(wanted: RuntimeVersion, options: CancelOptions, work: () => Promise<T>): Promise<T> {
    const lock = await this.#disk.lock(this.#place(wanted), options);
    try {
      return await work();
    } finally {
      await lock.close();
    }
  }

  async #make(
    wanted: RuntimeVersion,
    { signal }: CancelOptions,
    fetch: (folder: string) => Promise<void>,
  ): Promise<CachedRuntime> {
    const place = this.#place(wanted);
    const part = pathBelow(this.#folder, `.${nameOf(place)}.part`);
    try {
      await this.#disk.deleteAll(part, { signal }); // of a build that was killed
      await this.#disk.ensureDir(part, { signal });
      await fetch(part);
      const checksum = await this.#unpack(part, wanted, { signal });
      await this.#disk.deleteAll(place, { signal });
      await this.#disk.rename(pathBelow(part, 'made'), place, { signal });
      return { path: pathBelow(place, nameOf(wanted.package.file)), checksum };
    } finally {
      await this.#disk.deleteAll(part);
    }
  }

  #place({ package: { name }, version }: RuntimeVersion): string {
    return pathBelow(this.#folder, `${name}@${version}`);
  }

  /** The checksum of what it has unpacked. */
  async #unpack(part: string, wanted: RuntimeVersion, options: CancelOptions): Promise<string> {
    const archive = (await this.#disk.list(part, options)).find(({ name }) => name.endsWith('.tgz'));
    if (archive === undefined) throw missing(wanted);
    const name = nameOf(wanted.package.file);
    const path = pathBelow(part, `made/${name}`);
    let checksum: string | undefined;
    for await (const entry of (await readArchive(this.#disk, archive.path, options)).entries()) {
      if (entry.kind !== 'file' || entry.name.replace(/^[^/]*\//, '') !== wanted.package.file) continue;
      const hash = createHash('sha256');
      await pump(hashed(entry, hash), this.#disk.writeStream(path, options));
      checksum = hash.digest('hex');
    }
    if (checksum === undefined) throw missing(wanted);
    await this.#disk.write(`${path}.sha256`, `${checksum}  ${name}\n`, options);
    return checksum;
  }
}

async function* hashed(entry: ReadEntry, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const chunk of entry.content()) {
    hash.update(chunk);
    yield chunk;
  }
}

function missing({ package: { name, file }, version }: RuntimeVersion): BuildError {
  return new BuildError(`Cannot use ${name}@${version}: there is no ${file} in it`, {
    code: 'ERR_BUILD_RUNTIME_UNAVAILABLE',
    op: 'build.node',
    hint: 'See that the registry is the one that is meant, or set node.output to script.',
  });
}
