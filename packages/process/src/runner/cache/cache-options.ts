import type { CancelOptions, Medium } from '@core/io';

import type { CommandDefaults, TaskEffect } from './fingerprint.ts';

/** Why the cache could not do what it is for; the run goes on without. */
export interface CacheProblem {
  readonly op: 'fingerprint' | 'restore' | 'store';
  /** The name of the task. */
  readonly task: string;
  /** What is the matter and, where there is something to do, what to do, for people. */
  readonly reason: string;
  /** The refusal of a medium, where it was one. */
  readonly error?: unknown;
}

/** What a {@link TaskCache} is made from. */
export interface TaskCacheOptions {
  /** Where the files of the tasks are: `dir` of a spec is a path inside it. Without it, `dir` is one of the host. */
  readonly workspace?: Medium | undefined;
  /** Where results are kept; the workspace unless it is given, or else the directory that this program runs in. */
  readonly medium?: Medium | undefined;
  /** The folder of that medium; `.core/cache` unless it is given. What is in it is no input and no output. */
  readonly dir?: string | undefined;
  /** Where the values of `inputEnv` are from; this program's environment unless it is given. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** How commands are started unless their spec says otherwise: the directory, variables and shell of a service. */
  readonly defaults?: CommandDefaults | undefined;
  /** Hears why something could not be kept or put back. */
  readonly onProblem?: ((problem: CacheProblem) => void) | undefined;
}

/** What a task left when it passed, put back. */
export interface CacheHit {
  /** What it wrote to its streams. */
  readonly output: string;
  /** How long it took. */
  readonly durationMs: number;
  readonly effect: TaskEffect;
}

/** What is known of a task that passed. */
export interface PassedTask extends CancelOptions {
  readonly output: string;
  readonly durationMs: number;
  /** What its fingerprint was made with. */
  readonly dependencies: readonly TaskEffect[];
}
