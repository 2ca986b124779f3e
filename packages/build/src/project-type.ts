/** What a project folder can be built as. */
export type ProjectType =
  'wails' | 'go' | 'node' | 'php' | 'rust' | 'python' | 'deno' | 'cpp' | 'linuxkit' | 'docker' | 'taskfile';

/** What shows that a folder is of a type: one of some files, or any file of one kind in a sub-folder. */
export interface ProjectMarker {
  readonly type: ProjectType;
  /** Names of files beside each other; the first that is there decides. */
  readonly files: readonly string[];
  /** Else the first file in `folder` whose name ends with `suffix`. */
  readonly within?: { readonly folder: string; readonly suffix: string };
}

/**
 * Every type with its markers, the most specific first: the order of {@link discover}.
 *
 * @example
 * ```ts
 * import { PROJECT_MARKERS } from '@core/build';
 *
 * assert.deepEqual(PROJECT_MARKERS[0], { type: 'wails', files: ['wails.json'] });
 * ```
 */
export const PROJECT_MARKERS: readonly ProjectMarker[] = [
  { type: 'wails', files: ['wails.json'] },
  { type: 'go', files: ['go.mod'] },
  { type: 'node', files: ['package.json'] },
  { type: 'php', files: ['composer.json'] },
  { type: 'rust', files: ['Cargo.toml'] },
  { type: 'python', files: ['pyproject.toml', 'setup.py'] },
  { type: 'deno', files: ['deno.json', 'deno.jsonc'] },
  { type: 'cpp', files: ['CMakeLists.txt'] },
  { type: 'linuxkit', files: ['linuxkit.yml'], within: { folder: '.core/linuxkit', suffix: '.yml' } },
  { type: 'docker', files: ['Dockerfile', 'Containerfile'] },
  { type: 'taskfile', files: ['Taskfile.yml', 'Taskfile.yaml', 'taskfile.yml', 'taskfile.yaml'] },
];
