import { localMedium, type Medium, MemoryMedium, type MemoryTree, writeTree } from '@core/io';
import { Service } from '@core/process';

import type { Artifact } from '../../artifact.ts';
import type { BuilderConfig, BuilderOptions } from '../../builder.ts';
import { programName } from '../../builders/kit/command-targets.ts';
import { withPrivateFolder } from '../../builders/kit/private-folder.ts';
import { defaultConfig } from '../../config/load.ts';
import type { BuildEvent } from '../../events.ts';
import type { Target } from '../../target.ts';
import { openWorkspace } from '../../workspace/workspace.ts';
import type { BuilderConformanceCase, BuilderFeature, BuilderSubject } from '../builder-conformance.ts';

/** One case; without `requires` it holds for every builder. */
export function behaviour(
  name: string,
  run: (subject: BuilderSubject) => Promise<void>,
  requires: readonly BuilderFeature[] = [],
): BuilderConformanceCase {
  return { name, requires, run };
}

/** A project that is ready to be built. */
export interface Bench {
  readonly medium: Medium;
  readonly dir: string;
  readonly outputDir: string;
  readonly config: BuilderConfig;
  /** What was told until now. */
  readonly events: readonly BuildEvent[];
  /** Builds for these targets; for those of the subject where none are named. */
  readonly build: (targets?: readonly Target[], options?: BuilderOptions) => Promise<Artifact[]>;
}

/** Where the project of a case is, and what is in it. */
export interface BenchOptions {
  readonly files?: MemoryTree;
  /** Name of its folder. */
  readonly folder?: string;
  /** In memory: commands run in a copy. */
  readonly inMemory?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly change?: Partial<BuilderConfig>;
}

/** Does `work` with a project in a folder of its own, of which nothing is left afterwards. */
export async function withProject<T>(
  subject: BuilderSubject,
  options: BenchOptions,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  return withPrivateFolder(async (root) => {
    const { files = subject.project, folder = 'project', inMemory = false } = options;
    const medium = inMemory ? new MemoryMedium() : localMedium();
    const dir = inMemory ? folder : `${root}/${folder}`;
    await medium.ensureDir(dir);
    await writeTree(medium, dir, files);
    await using service = new Service();
    await using workspace = await openWorkspace(medium, dir);
    const config = { ...configFor(subject, options), medium, dir, outputDir: `${dir}/out`, service, workspace };
    return await work(benchFor(subject, { ...config, ...options.change }));
  });
}

function benchFor(subject: BuilderSubject, config: BuilderConfig): Bench {
  const { medium, dir, outputDir } = config;
  const events: BuildEvent[] = [];
  return {
    ...{ medium, dir, outputDir, config, events },
    build: (targets = subject.targets, options = {}) => {
      const onEvent = (event: BuildEvent): void => {
        events.push(event);
        options.onEvent?.(event);
      };
      return subject.builder.build(config, targets, { ...options, onEvent });
    },
  };
}

function configFor({ config }: BuilderSubject, { env }: BenchOptions) {
  const { build, docker, linuxkit, node, project } = defaultConfig({});
  const identity = { name: 'hello', version: '1.2.3', binary: 'hello' };
  return {
    ...{ docker, linuxkit, node },
    ...{ project: identity, main: project.main, cgo: build.cgo, flags: build.flags, ldflags: build.ldflags },
    ...config,
    env: { ...(config?.env ?? (process.env as Record<string, string>)), ...env },
  };
}

/** Names of what is to be made for a target. */
export function filesFor({ files }: BuilderSubject, target: Target): readonly string[] {
  return files?.(target) ?? [programName('hello', target)];
}

/** The bytes of artifacts, by their place in the release. */
export async function contentsOf(
  { medium, outputDir }: Bench,
  artifacts: readonly Artifact[],
): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  for (const { path } of artifacts) {
    const name = path.slice(outputDir.length + 1);
    if (await medium.isFile(path)) contents.set(name, Buffer.from(await medium.readBytes(path)));
  }
  return contents;
}

/** What a promise rejects with; `undefined` where it does not. */
export async function refusal(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The commands that were told of. */
export function commandsIn(events: readonly BuildEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'command-started' ? [event.command] : []));
}
