import type { MemoryTree } from '@core/io';

import type { Builder, BuilderConfig } from '../builder.ts';
import type { Target } from '../target.ts';
import { answers } from './builder-cases/answers.ts';
import { interruption } from './builder-cases/interruption.ts';
import { products } from './builder-cases/products.ts';
import { refusals } from './builder-cases/refusals.ts';
import { sameness } from './builder-cases/sameness.ts';

/** A builder, and a small project that it builds with the tools of this machine. */
export interface BuilderSubject {
  readonly builder: Builder;
  /** The project's files. Its program is called `hello` and its version is 1.2.3, whatever the files say. */
  readonly project: MemoryTree;
  /** The same with a mistake that a command refuses. */
  readonly broken: MemoryTree;
  /** What this machine can build it for: one target, better several. */
  readonly targets: readonly Target[];
  /** What nobody can build it for. */
  readonly unsupported: Target;
  /** The commands that it runs, or those of them that it may begin with. */
  readonly tools: readonly string[];
  /** What the builder is given otherwise than by default: settings, or an environment with tools of the test. */
  readonly config?: Partial<BuilderConfig> | undefined;
  /** Names of what is made for a target; `hello`, and `hello.exe` on windows, unless it is given. */
  readonly files?: ((target: Target) => readonly string[]) | undefined;
  /** What the tools leave in the project by convention: names of files and folders in it. */
  readonly leaves?: readonly string[] | undefined;
  /** What the builder, or its tool, cannot do; nothing by default. */
  readonly without?: readonly BuilderFeature[] | undefined;
}

/**
 * What not every builder can: build in a copy of the project, run commands that fail (`broken`), give the same bytes every time, work in folders
 * with spaces in their names, do without its tool with an error (`tools`), have targets that it cannot build for (`unsupported`).
 */
export type BuilderFeature = 'broken' | 'copy' | 'reproducible' | 'spaces' | 'tools' | 'unsupported';

/** One sentence of the contract of {@link Builder}, ready to be tried. */
export interface BuilderConformanceCase {
  /** The sentence; it begins with the method and no two cases share it. */
  readonly name: string;
  /** Skip the case where the subject is without one of these. */
  readonly requires: readonly BuilderFeature[];
  /** Tries it in a folder of its own; rejects with an `AssertionError` where the builder does otherwise. */
  readonly run: (subject: BuilderSubject) => Promise<void>;
}

const CASES: readonly BuilderConformanceCase[] = [...answers, ...products, ...sameness, ...refusals, ...interruption];

/**
 * The contract of a {@link Builder} as cases: data that is bound to no test runner, the same for every kind of project.
 * They run real commands in temporary folders; the stand-ins for tools that some of them make need a POSIX shell.
 *
 * In jest, vitest or node:test one line runs each: `it(name, () => run(subject))`.
 *
 * @example
 * ```ts
 * import { NodeBuilder } from '@core/build';
 * import { builderConformance } from '@core/build/testing';
 *
 * const [first] = builderConformance();
 * assert.equal(first?.name, 'detect() knows its project, and no other folder for one');
 * await first?.run({
 *   builder: new NodeBuilder(),
 *   project: { 'package.json': '{ "bin": "cli.js" }', 'cli.js': 'console.log(1)' },
 *   broken: { 'package.json': '{ "bin": "cli.js", "scripts": { "build": "exit 1" } }', 'cli.js': '' },
 *   targets: [{ os: 'linux', arch: 'amd64' }],
 *   unsupported: { os: 'plan9', arch: 'amd64' },
 *   tools: ['npm'],
 * });
 * ```
 */
export function builderConformance(): readonly BuilderConformanceCase[] {
  return CASES;
}
