import type { CancelOptions, Medium } from '@core/io';

import { discover } from './discovery.ts';
import type { ProjectType } from './project-type.ts';

/**
 * Whether `dir` holds a Go project: `go.mod`, or `wails.json`: a Wails project is a Go project.
 *
 * @example
 * ```ts
 * import { isGoProject } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'app/go.mod': 'module app' });
 * assert.equal(await isGoProject(medium, 'app'), true);
 * assert.equal(await isGoProject(medium, ''), false);
 * ```
 */
export function isGoProject(medium: Medium, dir: string, options?: CancelOptions): Promise<boolean> {
  return isAnyOf(['go', 'wails'], { medium, dir, options });
}

/**
 * Whether `dir` holds a Wails project: `wails.json`.
 *
 * @example
 * ```ts
 * import { isWailsProject } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'app/wails.json': '{}' });
 * assert.equal(await isWailsProject(medium, 'app'), true);
 * assert.equal(await isWailsProject(medium, ''), false);
 * ```
 */
export function isWailsProject(medium: Medium, dir: string, options?: CancelOptions): Promise<boolean> {
  return isAnyOf(['wails'], { medium, dir, options });
}

/**
 * Whether `dir` holds a Node project: `package.json`.
 *
 * @example
 * ```ts
 * import { isNodeProject } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'app/package.json': '{}' });
 * assert.equal(await isNodeProject(medium, 'app'), true);
 * assert.equal(await isNodeProject(medium, ''), false);
 * ```
 */
export function isNodeProject(medium: Medium, dir: string, options?: CancelOptions): Promise<boolean> {
  return isAnyOf(['node'], { medium, dir, options });
}

/**
 * Whether `dir` holds a PHP project: `composer.json`.
 *
 * @example
 * ```ts
 * import { isPhpProject } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'app/composer.json': '{}' });
 * assert.equal(await isPhpProject(medium, 'app'), true);
 * assert.equal(await isPhpProject(medium, ''), false);
 * ```
 */
export function isPhpProject(medium: Medium, dir: string, options?: CancelOptions): Promise<boolean> {
  return isAnyOf(['php'], { medium, dir, options });
}

/**
 * Whether `dir` holds a Rust project: `Cargo.toml`.
 *
 * @example
 * ```ts
 * import { isRustProject } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'app/Cargo.toml': '' });
 * assert.equal(await isRustProject(medium, 'app'), true);
 * assert.equal(await isRustProject(medium, ''), false);
 * ```
 */
export function isRustProject(medium: Medium, dir: string, options?: CancelOptions): Promise<boolean> {
  return isAnyOf(['rust'], { medium, dir, options });
}

/**
 * Whether `dir` holds a Python project: `pyproject.toml` or `setup.py`.
 *
 * @example
 * ```ts
 * import { isPythonProject } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'app/setup.py': '' });
 * assert.equal(await isPythonProject(medium, 'app'), true);
 * assert.equal(await isPythonProject(medium, ''), false);
 * ```
 */
export function isPythonProject(medium: Medium, dir: string, options?: CancelOptions): Promise<boolean> {
  return isAnyOf(['python'], { medium, dir, options });
}

/**
 * Whether `dir` holds a Deno project: `deno.json` or `deno.jsonc`.
 *
 * @example
 * ```ts
 * import { isDenoProject } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'app/deno.json': '{}' });
 * assert.equal(await isDenoProject(medium, 'app'), true);
 * assert.equal(await isDenoProject(medium, ''), false);
 * ```
 */
export function isDenoProject(medium: Medium, dir: string, options?: CancelOptions): Promise<boolean> {
  return isAnyOf(['deno'], { medium, dir, options });
}

/**
 * Whether `dir` holds a C or C++ project: `CMakeLists.txt`.
 *
 * @example
 * ```ts
 * import { isCppProject } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'app/CMakeLists.txt': '' });
 * assert.equal(await isCppProject(medium, 'app'), true);
 * assert.equal(await isCppProject(medium, ''), false);
 * ```
 */
export function isCppProject(medium: Medium, dir: string, options?: CancelOptions): Promise<boolean> {
  return isAnyOf(['cpp'], { medium, dir, options });
}

/**
 * Whether `dir` holds a LinuxKit project: `linuxkit.yml`, or a `.yml` file in `.core/linuxkit/`.
 *
 * @example
 * ```ts
 * import { isLinuxKitProject } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'app/.core/linuxkit/server.yml': '' });
 * assert.equal(await isLinuxKitProject(medium, 'app'), true);
 * assert.equal(await isLinuxKitProject(medium, ''), false);
 * ```
 */
export function isLinuxKitProject(medium: Medium, dir: string, options?: CancelOptions): Promise<boolean> {
  return isAnyOf(['linuxkit'], { medium, dir, options });
}

/**
 * Whether `dir` holds a Docker project: `Dockerfile` or `Containerfile`.
 *
 * @example
 * ```ts
 * import { isDockerProject } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'app/Dockerfile': 'FROM scratch' });
 * assert.equal(await isDockerProject(medium, 'app'), true);
 * assert.equal(await isDockerProject(medium, ''), false);
 * ```
 */
export function isDockerProject(medium: Medium, dir: string, options?: CancelOptions): Promise<boolean> {
  return isAnyOf(['docker'], { medium, dir, options });
}

/**
 * Whether `dir` holds a Taskfile project: `Taskfile.yml` or `.yaml`, also in lower case.
 *
 * @example
 * ```ts
 * import { isTaskfileProject } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'app/Taskfile.yml': 'version: 3' });
 * assert.equal(await isTaskfileProject(medium, 'app'), true);
 * assert.equal(await isTaskfileProject(medium, ''), false);
 * ```
 */
export function isTaskfileProject(medium: Medium, dir: string, options?: CancelOptions): Promise<boolean> {
  return isAnyOf(['taskfile'], { medium, dir, options });
}

interface Place {
  readonly medium: Medium;
  readonly dir: string;
  readonly options: CancelOptions | undefined;
}

async function isAnyOf(wanted: readonly ProjectType[], { medium, dir, options }: Place): Promise<boolean> {
  const types = await discover(medium, dir, options);
  return wanted.some((type) => types.includes(type));
}
