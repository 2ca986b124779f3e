import { resolve } from 'node:path';
import { emitWarning } from 'node:process';
import { fileURLToPath } from 'node:url';

import { DefinedMedium } from '../define-medium.ts';
import { describe, normalizePath } from '../path.ts';
import { diskDriver } from './disk-driver.ts';
import { refuseReserved } from './reserved.ts';
import { checkedSandbox } from './sandbox/checked-path.ts';
import { descriptorSandbox, hasDescriptorPaths } from './sandbox/descriptor-walk.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import { refuseWindowsNames } from './sandbox/windows-names.ts';

/** A way out of the root that was refused: the operation rejects with `ERR_PATH_ESCAPES_ROOT`. */
export interface EscapeAttempt {
  /** The absolute path of the root. */
  readonly root: string;
  /** What was to be done: `read`, `rename`, … */
  readonly op: string;
  /** The path that it was to be done to, from the root. */
  readonly path: string;
  /** The link that leads outside, from the root: the last one that was followed. */
  readonly link: string;
  /** What that link says. */
  readonly target: string;
}

/** Where a {@link DiskMedium} is, and who is told when something tries to leave it. */
export interface DiskMediumOptions {
  /** The directory that the medium cannot leave. It may be a link, and need not exist: the first write makes it. */
  readonly root: string | URL;
  /** Called, before the operation rejects, whenever something would have led outside. What it throws is a warning. */
  readonly onEscape?: (attempt: EscapeAttempt) => void;
}

/**
 * A directory of the disk as a {@link Medium} of its own. Nothing outside `root` can be read, written, listed, made,
 * renamed or deleted through it: not by `..`, absolute paths or links (such an attempt is `ERR_PATH_ESCAPES_ROOT`), and,
 * where `capabilities.sandbox` is `kernel`, not by what another process swaps in while a call runs either.
 *
 * On Linux with `/proc` the medium holds a descriptor of its root, which so may be renamed meanwhile, until `close` or
 * until nobody uses the medium any more. Names that begin with `.core-io-` are the medium's own: temporary files and
 * locks. What it cannot see: hard links, and directories of others mounted inside.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { DiskMedium } from '@core/io';
 *
 * const attempts: string[] = [];
 * const root = mkdtempSync(join(tmpdir(), 'example-'));
 * await using disk = new DiskMedium({ root, onEscape: ({ link }) => attempts.push(link) });
 * await disk.write('notes/today.txt', 'hello');
 * assert.equal(await disk.read('../notes/today.txt'), 'hello');
 *
 * symlinkSync('/etc', join(root, 'way-out'));
 * await assert.rejects(disk.read('way-out/passwd'), { code: 'ERR_PATH_ESCAPES_ROOT' });
 * assert.deepEqual(attempts, ['way-out']);
 * rmSync(root, { recursive: true });
 * ```
 */
export class DiskMedium extends DefinedMedium {
  readonly #sandbox: Sandbox;

  constructor(options: DiskMediumOptions) {
    const { onEscape } = options;
    const root = absoluteRoot(options.root);
    const sandbox = hasDescriptorPaths() ? descriptorSandbox(root) : checkedSandbox(root);
    super(
      diskDriver({
        sandbox,
        normalize,
        onEscape(op, path, { link, target }) {
          tell(onEscape, { root, op, path, link, target });
        },
      }),
    );
    this.#sandbox = sandbox;
  }

  /** Lets go of the root; from then on every operation is `ERR_HANDLE_CLOSED`. The second call does nothing. */
  close(): Promise<void> {
    this.#sandbox.close();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function absoluteRoot(root: unknown): string {
  const path = typeof root === 'object' && root !== null ? fileURLToPath(root as URL) : root;
  if (typeof path !== 'string') throw new TypeError(`root must be a path or a file: URL, not ${describe(path)}`);
  if (path === '' || path.includes('\0') || !path.isWellFormed()) {
    throw new TypeError(`root must be a path, not ${JSON.stringify(path)}`);
  }
  return resolve(path);
}

function normalize(path: string): string {
  const normalized = normalizePath(path);
  refuseReserved(normalized);
  if (process.platform === 'win32' && normalized !== '') refuseWindowsNames(normalized);
  return normalized;
}

/** A listener cannot harm the operation that it is told of. */
function tell(listener: DiskMediumOptions['onEscape'], attempt: EscapeAttempt): void {
  try {
    listener?.(attempt);
  } catch (error) {
    emitWarning(`onEscape of a DiskMedium failed: ${String(error)}`);
  }
}
