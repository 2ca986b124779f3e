import { randomUUID } from 'node:crypto';

import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { BuildError } from '../errors.ts';
import { MANIFEST_FILE, pathsOf, readManifest } from '../manifest.ts';
import { type ReleaseManifest } from '../manifest-codec.ts';
import { folderOf, isThere, nameOf, pathBelow } from '../paths.ts';
import { deleteIfEmpty } from './entries.ts';
import { apply, type Change, NOTE, STAGING_PREFIX, takeBack, tidy } from './publish.ts';

/**
 * A release under way: a folder of its own beside the release that it will replace. Until `publish` nothing of it can
 * be seen; `discard` leaves what was there before.
 *
 * `publish` first writes down what it is about to do. A process that dies in the middle of it leaves that note, and
 * {@link recoverReleases} does the rest.
 */
export class Staging {
  /** Where the new release is made. */
  readonly dir: string;
  readonly #medium: Medium;
  readonly #outputDir: string;
  readonly #root: string;
  /** Folders that are not there yet, the innermost first. */
  readonly #missing: readonly string[];
  /** What was moved aside could not be moved back: the folder must stay, the next release goes on from it. */
  #isStuck = false;

  private constructor(medium: Medium, outputDir: string, missing: readonly string[]) {
    this.#medium = medium;
    this.#outputDir = outputDir;
    this.#missing = missing;
    this.#root = pathBelow(outputDir, `${STAGING_PREFIX}${randomUUID()}`);
    this.dir = pathBelow(this.#root, 'new');
  }

  /**
   * Finds out whether the folder can be written to, and leaves it as it was: a build script may still clear it.
   *
   * @throws `ERR_BUILD_OUTPUT_OCCUPIED` where it is a file, and what making folders throws.
   */
  static async open(medium: Medium, outputDir: string, options: CancelOptions): Promise<Staging> {
    if ((await medium.exists(outputDir, options)) && !(await medium.isDir(outputDir, options)))
      throw occupied(outputDir);
    const missing: string[] = [];
    for (let dir = outputDir; nameOf(dir) !== '' && !(await medium.exists(dir, options)); dir = folderOf(dir)) {
      missing.push(dir);
    }
    const staging = new Staging(medium, outputDir, missing);
    try {
      await medium.ensureDir(staging.dir, options);
    } finally {
      await staging.discard();
    }
    return staging;
  }

  /** Where a file of the new release will be in the end. */
  finalPath(path: string): string {
    return pathBelow(this.#outputDir, this.nameOf(path));
  }

  /** A file of the new release from its folder. */
  nameOf(path: string): string {
    return path.slice(this.dir.length + 1);
  }

  /**
   * Puts the new release in the place of the old one: all of it, or nothing where that fails. Gives the files of the old
   * one that are gone.
   *
   * @throws `ERR_BUILD_OUTPUT_OCCUPIED` where a file is in the way that no release has made.
   */
  async publish(manifest: ReleaseManifest, options: CancelOptions): Promise<readonly string[]> {
    const change = await this.#plan(manifest, options);
    const root = this.#root;
    await this.#medium.write(pathBelow(root, NOTE), JSON.stringify(change), { durable: true, ...options });
    // from here on there is no way back but all the way
    const move = { medium: this.#medium, outputDir: this.#outputDir, root };
    try {
      await apply(move, change);
    } catch (error) {
      this.#isStuck = await takeBack(move, change).then(
        () => false,
        () => true,
      );
      throw error;
    }
    // what cannot be removed any more does no harm, and the next release removes it
    await tidy(move, change).catch(() => undefined);
    return change.remove;
  }

  async #plan(manifest: ReleaseManifest, options: CancelOptions): Promise<Change> {
    const old = await ownFiles(this.#medium, this.#outputDir, options);
    const add = pathsOf(manifest);
    for (const name of add) {
      const path = pathBelow(this.#outputDir, name);
      if (!old.includes(name) && (await isThere(this.#medium, path, options))) throw occupied(path);
    }
    return { add, remove: old.filter((name) => !add.includes(name)) };
  }

  /** Removes what was made so far, and folders that were made for it. */
  async discard(): Promise<void> {
    if (this.#isStuck) return;
    await this.#medium.deleteAll(this.#root);
    for (const dir of this.#missing) {
      if (!(await deleteIfEmpty(this.#medium, dir))) return;
    }
  }
}

/** The files of the release in a folder that are still there. */
async function ownFiles(medium: Medium, outputDir: string, options: CancelOptions): Promise<string[]> {
  const manifest = await readOwnManifest(medium, outputDir, options);
  if (manifest === undefined) return [];
  const names: string[] = [];
  for (const name of pathsOf(manifest)) {
    if (await isThere(medium, pathBelow(outputDir, name), options)) names.push(name);
  }
  return names;
}

/**
 * The manifest of the release in a folder.
 *
 * @throws `ERR_BUILD_OUTPUT_OCCUPIED` where a file of that name is something else.
 */
export async function readOwnManifest(
  medium: Medium,
  outputDir: string,
  options: CancelOptions,
): Promise<ReleaseManifest | undefined> {
  try {
    return await readManifest(medium, outputDir, options);
  } catch (error) {
    if (!isCoreError(error) || !['EISDIR', 'ERR_BUILD_MANIFEST_INVALID'].includes(error.code)) throw error;
    throw occupied(pathBelow(outputDir, MANIFEST_FILE), error);
  }
}

function occupied(path: string, cause?: unknown): BuildError {
  return new BuildError(`Cannot write ${JSON.stringify(path)}: a file that no release has made is there`, {
    code: 'ERR_BUILD_OUTPUT_OCCUPIED',
    op: 'build.publish',
    path,
    hint: 'Choose another output folder, or move the file away.',
    cause,
  });
}
