import { type CancelOptions, glob, isCoreError, MemoryMedium, normalizePath } from '@core/io';

import type { RunSpec } from '../run-spec.ts';
import type { CacheHit, CacheProblem, PassedTask, TaskCacheOptions } from './cache-options.ts';
import { Canonical } from './canonical.ts';
import {
  changedInput,
  type CommandDefaults,
  type Fingerprint,
  fingerprintOf,
  obstacleOf,
  type TaskEffect,
  uncacheable,
  UNKNOWN_EFFECT,
} from './fingerprint.ts';
import { type Left, Owners } from './owners.ts';
import { pruneStore, type PruneOptions, type PruneReport } from './prune.ts';
import type { CacheRecord, OutputEntry } from './record.ts';
import { restoreOutputs } from './restore-outputs.ts';
import { ResultStore } from './result-store.ts';
import { digestOf, entriesOf, type Entry, find } from './scan.ts';
import { defaultMedium, type Folder, type Place, Workspace } from './workspace.ts';

const CACHE_DIR = '.core/cache';

/**
 * Results of tasks by what decided about them: a task that passed need not run again while its command, its listed
 * variables, its inputs and what its dependencies made are the same.
 *
 * A cache that cannot be read or written fails no run: it misses, and says why to `onProblem`. A record or a content
 * that is damaged is a miss and is written anew. Only an abort rejects, with its reason, and misuse. One cache belongs to one
 * run: it remembers which task left which file.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { TaskCache } from '@core/process';
 *
 * const workspace = new MemoryMedium({ src: { 'a.txt': 'a' } });
 * const cache = new TaskCache({ workspace });
 * const spec = { name: 'build', command: 'make', inputs: ['src/**'], outputs: ['dist/**'] };
 * const fingerprint = await cache.fingerprint(spec, { dependencies: [] });
 * assert.equal(await cache.restore(spec, fingerprint), undefined);
 *
 * await workspace.write('dist/a.js', 'made'); // it runs
 * await cache.store(spec, fingerprint, { output: 'done\n', durationMs: 1200, dependencies: [] });
 * await workspace.deleteAll('dist');
 * const hit = await cache.restore(spec, fingerprint);
 * assert.equal(hit?.output, 'done\n');
 * assert.equal(await workspace.read('dist/a.js'), 'made');
 * ```
 */
export class TaskCache implements AsyncDisposable {
  readonly #store: ResultStore;
  readonly #workspace: Workspace;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #defaults: CommandDefaults;
  readonly #onProblem: (problem: CacheProblem) => void;
  readonly #owners = new Owners();

  /** @throws `TypeError` where `dir` would be the whole workspace. */
  constructor(options: TaskCacheOptions = {}) {
    const { workspace, medium, dir = CACHE_DIR, env = process.env, defaults = {}, onProblem } = options;
    const folder: Folder = { medium: medium ?? workspace ?? defaultMedium(), dir: normalizePath(dir) };
    if (folder.dir === '' && (medium === undefined || medium === workspace)) {
      throw new TypeError('dir must be a folder of the workspace, not all of it');
    }
    this.#store = new ResultStore(folder);
    this.#workspace = new Workspace(workspace, folder);
    this.#env = env;
    this.#defaults = defaults;
    this.#onProblem = onProblem ?? (() => undefined);
  }

  /**
   * Refuses globs that are empty or climb out of the directory, before anything runs.
   *
   * @throws `TypeError`.
   */
  check({ inputs = [], outputs = [] }: RunSpec): void {
    const nothing = new MemoryMedium();
    for (const patterns of [inputs, outputs]) if (patterns.length > 0) glob(nothing, patterns);
  }

  /** What decides about a task now, once its dependencies are done. Reads its inputs, where there are any. */
  async fingerprint(
    spec: RunSpec,
    { dependencies, signal }: CancelOptions & Pick<PassedTask, 'dependencies'>,
  ): Promise<Fingerprint> {
    const why = obstacleOf(spec, dependencies);
    if (why !== undefined) return uncacheable(why);
    const given = await this.#try('fingerprint', spec, signal, async () => {
      const place = await this.#placeOf(spec);
      return fingerprintOf(spec, { place, dependencies, env: this.#env, defaults: this.#defaults, signal });
    });
    return given ?? uncacheable('its inputs could not be read');
  }

  /**
   * Puts back what the task left when it passed with this fingerprint; `undefined`: it has to run. Outputs that are right
   * already are not touched. A service always has to run.
   */
  async restore(spec: RunSpec, { key }: Fingerprint, { signal }: CancelOptions = {}): Promise<CacheHit | undefined> {
    if (key === undefined || spec.readyWhen !== undefined) return undefined;
    return this.#try('restore', spec, signal, async () => {
      const record = await this.#store.record(key, { signal });
      if (record === undefined) return undefined;
      const { outputs } = record;
      const place = await this.#placeOf(spec);
      const id = idOf(spec, place);
      const left = await this.#store.left(id, { signal });
      const globs = { inputs: spec.inputs ?? [], outputs: spec.outputs ?? [] };
      await restoreOutputs({ place, store: this.#store, outputs, left, globs, signal });
      if (!(await this.#own(spec, { place, key, outputs }))) return undefined;
      await this.#noteUse(spec, { record, left, id });
      return { output: record.log, durationMs: record.duration_ms, effect: effectOf(spec, key, { place, outputs }) };
    });
  }

  /**
   * Keeps what a task left that has just passed; says what it did to those that depend on it, also where nothing can be
   * kept. It is not kept where an input changed while it ran, or where another task of this run left the same file.
   */
  async store(spec: RunSpec, fingerprint: Fingerprint, passed: PassedTask): Promise<TaskEffect> {
    const { dependencies, signal } = passed;
    const hasOutputs = (spec.outputs?.length ?? 0) > 0;
    if (fingerprint.key === undefined && !hasOutputs) return UNKNOWN_EFFECT;
    const after = await this.fingerprint(spec, { dependencies, signal });
    const key = after.key === fingerprint.key ? after.key : undefined;
    if (fingerprint.key !== key) this.#tellOfChange(spec, fingerprint, after);
    if (!hasOutputs && (key === undefined || spec.readyWhen !== undefined)) return key;
    const effect = await this.#try('store', spec, signal, async () => {
      const place = await this.#placeOf(spec);
      const outputs = await entriesOf(place, await find(place, spec.outputs ?? [], { signal }), { signal });
      if (key !== undefined && spec.readyWhen === undefined) await this.#keep(spec, passed, { place, key, outputs });
      return effectOf(spec, key, { place, outputs });
    });
    return effect ?? UNKNOWN_EFFECT;
  }

  /** Removes results that are too old or too much. Safe beside runs that use the same cache. */
  prune(options: PruneOptions): Promise<PruneReport> {
    return pruneStore(this.#store, options, Date.now());
  }

  /** Lets go of the directories of the host that it opened. */
  close(): Promise<void> {
    return this.#workspace.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #placeOf({ dir, command }: RunSpec): Promise<Place> {
    const place = await this.#workspace.placeOf(dir ?? (command === undefined ? undefined : this.#defaults.dir));
    if (place.reserved === '') throw new Error('its directory is that of the cache');
    return place;
  }

  async #keep(spec: RunSpec, { output, durationMs, signal }: PassedTask, task: Left): Promise<void> {
    const { place, key, outputs } = task;
    const odd = outputs.find(({ kind }) => kind === 'other');
    if (odd !== undefined) {
      this.#tell('store', spec.name, `its output ${quoted(odd.path)} is neither a file nor a directory nor a link`);
      return;
    }
    const kept = outputs.filter(isOutput);
    if (!(await this.#own(spec, task))) return;
    await this.#keepFiles(spec, { place, outputs: kept, signal });
    await this.#store.keep({ version: 1, key, duration_ms: durationMs, log: output, outputs: kept }, { signal });
  }

  /** The list of what is left comes first: what is on it can be removed again, whatever becomes of the rest. */
  async #keepFiles(
    spec: RunSpec,
    { place, outputs, signal }: CancelOptions & { readonly place: Place; readonly outputs: readonly OutputEntry[] },
  ): Promise<void> {
    await this.#noteLeft(idOf(spec, place), { outputs, left: undefined });
    for (const entry of outputs) {
      if (entry.kind !== 'file') continue;
      await this.#store.put({ medium: place.files, path: entry.path }, entry, { signal });
    }
  }

  async #noteLeft(
    id: string,
    { outputs, left }: { readonly outputs: readonly OutputEntry[]; readonly left: readonly string[] | undefined },
  ): Promise<void> {
    const paths = outputs.map(({ path }) => path);
    const known = left ?? (await this.#store.left(id));
    if (JSON.stringify(known) !== JSON.stringify(paths)) await this.#store.setLeft(id, paths);
  }

  /** What is only of use later: where it cannot be noted, the result is there all the same. */
  async #noteUse(
    spec: RunSpec,
    { record, left, id }: { readonly record: CacheRecord; readonly left: readonly string[]; readonly id: string },
  ): Promise<void> {
    try {
      await this.#noteLeft(id, { outputs: record.outputs, left });
      await this.#store.used(record.key, new Date());
    } catch (error) {
      this.#tell('restore', spec.name, textOf(error), error);
    }
  }

  /** Notes that the task left these files; `false` where another one did, and then neither result is kept. */
  async #own({ name }: RunSpec, left: Left): Promise<boolean> {
    const shared = this.#owners.claim(name, left);
    if (shared === undefined) return true;
    const { path, task, key } = shared;
    const hint = `take it out of the \`outputs\` of one of them with "!${path}"`;
    this.#tell('store', name, `its output ${quoted(path)} is one of ${quoted(task)}, too: ${hint}`);
    await Promise.all([this.#store.forget(key), this.#store.forget(left.key)]);
    return false;
  }

  #tellOfChange(spec: RunSpec, before: Fingerprint, after: Fingerprint): void {
    const path = changedInput(before, after);
    if (after.key === undefined) return; // that it cannot be read has been told
    const what = path === undefined ? 'what decides about it' : `its input ${quoted(path)}`;
    this.#tell(
      'store',
      spec.name,
      `${what} changed while it ran; what a task makes should not be among its \`inputs\``,
    );
  }

  /** A cache that fails is a cache that misses; only the caller's abort passes. */
  async #try<T>(
    op: CacheProblem['op'],
    spec: RunSpec,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      this.#tell(op, spec.name, textOf(error), error);
      return undefined;
    }
  }

  #tell(op: CacheProblem['op'], task: string, reason: string, error?: unknown): void {
    this.#onProblem({ op, task, reason, ...(error === undefined ? {} : { error }) });
  }
}

function isOutput(entry: Entry): entry is OutputEntry {
  return entry.kind !== 'other';
}

function effectOf(
  { outputs = [] }: RunSpec,
  key: string | undefined,
  left: Pick<Left, 'place' | 'outputs'>,
): TaskEffect {
  return outputs.length === 0 ? key : digestOf('outputs', left.place.label, left.outputs);
}

/** A task of a workspace, whatever its inputs are. */
function idOf({ name, outputs = [] }: RunSpec, { label }: Place): string {
  return new Canonical('task').add([name, label, outputs]).digest();
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function textOf(error: unknown): string {
  if (isCoreError(error) && error.hint !== undefined) return `${error.message}. ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}
