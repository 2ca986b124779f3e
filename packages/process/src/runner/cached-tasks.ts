import type { Graph } from '../graph/plan.ts';
import type { AttemptContext, AttemptResult } from './attempt.ts';
import { type TaskEffect, uncacheable, UNKNOWN_EFFECT } from './cache/fingerprint.ts';
import type { TaskCache } from './cache/task-cache.ts';
import type { RunSpec } from './run-spec.ts';

/** Whether the cache has to do with a task: by what it reads, or by what it makes for others. */
export function concernsCache({ inputs, outputs }: RunSpec): boolean {
  return inputs !== undefined || (outputs !== undefined && outputs.length > 0);
}

/** The tasks of one run beside the cache: what each did to those that depend on it. */
export class CachedTasks {
  readonly #cache: TaskCache;
  readonly #graph: Graph;
  readonly #effects: TaskEffect[] = [];

  constructor(cache: TaskCache, graph: Graph) {
    this.#cache = cache;
    this.#graph = graph;
  }

  /** Puts back what the task did before, or lets it run and keeps what it did. Never rejects. */
  async run(task: number, context: AttemptContext, work: () => Promise<AttemptResult>): Promise<AttemptResult> {
    const { spec, signal } = context;
    const dependencies = this.#dependenciesOf(task);
    try {
      const fingerprint = await this.#cache.fingerprint(spec, { dependencies, signal });
      const hit = await this.#cache.restore(spec, fingerprint, { signal });
      if (hit !== undefined) {
        this.#effects[task] = hit.effect;
        replay(hit.output, context);
        return { ok: true, isCached: true, output: hit.output };
      }
      const startMs = performance.now();
      const result = await work();
      if (!result.ok) return result;
      const passed = { output: result.output, durationMs: performance.now() - startMs, dependencies, signal };
      this.#effects[task] = await this.#cache.store(spec, fingerprint, passed).catch(() => UNKNOWN_EFFECT);
      return result;
    } catch (error) {
      return { ok: false, output: '', error };
    }
  }

  /** A service is about to be started; what it returns is to be called when it is ready. Neither ever rejects. */
  async watchService(task: number, { spec, signal }: AttemptContext): Promise<() => Promise<void>> {
    const dependencies = this.#dependenciesOf(task);
    const asked = this.#cache.fingerprint(spec, { dependencies, signal });
    const fingerprint = await asked.catch(() => uncacheable('the run was ended'));
    return async () => {
      const passed = { output: '', durationMs: 0, dependencies, signal };
      this.#effects[task] = await this.#cache.store(spec, fingerprint, passed).catch(() => UNKNOWN_EFFECT);
    };
  }

  #dependenciesOf(task: number): TaskEffect[] {
    return (this.#graph.before[task] ?? []).map((before) => this.#effects[before]);
  }
}

function replay(output: string, { onLines }: AttemptContext): void {
  if (onLines === undefined || output === '') return;
  const text = output.endsWith('\n') ? output.slice(0, -1) : output;
  onLines(
    'stdout',
    text.split(/\r?\n/).map((line) => ({ stream: 'stdout', line })),
  );
}
