import type { Artifact } from './artifact.ts';
import type { ProjectType } from './project-type.ts';
import type { Target } from './target.ts';

/** The parts of a release, in their order. */
export type BuildStep =
  | 'hooks'
  | 'install'
  | 'build'
  | 'bundle'
  | 'package'
  | 'sign'
  | 'archive'
  | 'attest'
  | 'checksum'
  | 'manifest'
  | 'verify'
  | 'publish';

/** What {@link buildProject} and the builders tell while they work. Paths are those that the files have in the end. */
export type BuildEvent =
  | { readonly type: 'project-found'; readonly dir: string; readonly types: readonly ProjectType[] }
  /** `path` is absent where there is no file and the defaults hold. */
  | { readonly type: 'config-loaded'; readonly path?: string; readonly targets: readonly Target[] }
  | { readonly type: 'step-started'; readonly step: BuildStep; readonly message: string }
  | { readonly type: 'step-finished'; readonly step: BuildStep; readonly durationMs: number }
  | { readonly type: 'command-started'; readonly command: string }
  | { readonly type: 'command-output'; readonly stream: 'stdout' | 'stderr'; readonly line: string }
  | { readonly type: 'command-finished'; readonly command: string; readonly durationMs: number }
  | { readonly type: 'artifact-built'; readonly artifact: Artifact }
  | { readonly type: 'archive-written'; readonly archive: Artifact }
  /** Something that does not stop the release, but that its maker should know. */
  | { readonly type: 'warning'; readonly message: string }
  /** `removed` are files of an earlier release that this one does not have. */
  | { readonly type: 'published'; readonly outputDir: string; readonly removed: readonly string[] };

/** Gets every event, at once and in order. What it throws ends the build. */
export type BuildEventListener = (event: BuildEvent) => void;

/** Does a step and tells of its beginning and, where it succeeds, of its end. */
export async function timedStep<T>(
  step: BuildStep,
  message: string,
  onEvent: BuildEventListener | undefined,
  work: () => Promise<T>,
): Promise<T> {
  onEvent?.({ type: 'step-started', step, message });
  const startedAt = performance.now();
  const result = await work();
  onEvent?.({ type: 'step-finished', step, durationMs: Math.round(performance.now() - startedAt) });
  return result;
}
