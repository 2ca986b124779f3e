import type { MediumCapabilities } from '../medium.ts';
import { type ConformanceCase, type CreateMedium, mediumConformance } from './conformance.ts';
import { withMedium } from './with-medium.ts';

/** What became of one case. */
export interface ConformanceResult {
  readonly name: string;
  readonly outcome: 'failed' | 'passed' | 'skipped';
  /** Why it failed: an `AssertionError`, or whatever the medium threw. */
  readonly error?: unknown;
}

/** How the suite is run. */
/** How `runConformance` goes about it. */
export interface ConformanceOptions {
  /** Told of each case as soon as it is known. */
  readonly onResult?: (result: ConformanceResult) => void;
  /** A case that takes longer has failed; 20,000 by default. */
  readonly timeoutMs?: number;
  /** Other cases than those of `mediumConformance`. */
  readonly cases?: readonly ConformanceCase[];
}

/** Every case by its name, in the order of the suite. */
export interface ConformanceReport {
  readonly passed: readonly string[];
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
  readonly skipped: readonly string[];
}

/**
 * Tries the whole contract of a medium, one case after the other, each on a medium of its own, and gives **all**
 * misbehaviours in one list; it rejects only where `create` does.
 *
 * A case is skipped where the medium does not claim a capability that it needs, and fails where it never ends.
 *
 * @example
 * ```ts
 * import { defineMedium, MemoryMedium } from '@core/io';
 * import { runConformance } from '@core/io/testing';
 *
 * // a medium with a fault: it takes every path for a directory that can be made
 * const create = () => defineMedium({ ...new MemoryMedium().driver, mkdir: () => undefined });
 * const { failed } = await runConformance(create);
 * assert.ok(failed.some(({ name }) => name === 'ensureDir() makes a directory and its parents'));
 * ```
 */
export async function runConformance(
  create: CreateMedium,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  const { onResult, timeoutMs = 20_000, cases = mediumConformance() } = options;
  const capabilities = await withMedium(create, (medium) => medium.capabilities);
  const results: ConformanceResult[] = [];
  for (const one of cases) {
    const result = await attempt(one, create, capabilities, timeoutMs);
    results.push(result);
    onResult?.(result);
  }
  return {
    passed: results.filter(({ outcome }) => outcome === 'passed').map(({ name }) => name),
    failed: results.filter(({ outcome }) => outcome === 'failed').map(({ name, error }) => ({ name, error })),
    skipped: results.filter(({ outcome }) => outcome === 'skipped').map(({ name }) => name),
  };
}

async function attempt(
  { name, requires, run }: ConformanceCase,
  create: CreateMedium,
  capabilities: MediumCapabilities,
  timeoutMs: number,
): Promise<ConformanceResult> {
  if (!requires.every((capability) => capabilities[capability])) return { name, outcome: 'skipped' };
  try {
    await inTime(run(create), timeoutMs);
    return { name, outcome: 'passed' };
  } catch (error) {
    return { name, outcome: 'failed', error };
  }
}

/** The work, or an error once the time is over: a medium that hangs must not hide what else is wrong. */
async function inTime(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`The case did not end within ${String(timeoutMs)} ms`));
    }, timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
