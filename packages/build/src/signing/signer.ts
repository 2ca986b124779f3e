import type { CancelOptions, Medium } from '@core/io';
import type { Service } from '@core/process';

import type { BuildError } from '../errors.ts';
import type { BuildEventListener } from '../events.ts';

/** How signing is cancelled, and who is told of the commands that it runs. */
export interface SignOptions extends CancelOptions {
  readonly onEvent?: BuildEventListener | undefined;
}

/** Where a signer works; without it on this machine, as this process. */
export interface SignerHost {
  /** Starts the tools; without it every command gets a service of its own. */
  readonly service?: Service | undefined;
  /** What tools get of it goes without the passwords and passphrases that are in it. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Folder on the disk from which the path of a certificate or key is taken; the one that this process is in. */
  readonly dir?: string | undefined;
  /** The system of this machine. */
  readonly platform?: NodeJS.Platform | undefined;
}

/**
 * Signs files with one tool.
 *
 * Signing is atomic: the file, or the signature beside it, is there whole or as it was before. What is signed a second
 * time has the second signature in the place of the first.
 */
export interface Signer {
  readonly name: string;
  /** Whether it can sign on this machine. */
  available(options?: CancelOptions): Promise<boolean>;
  /** What is in the way, with a hint of what to do about it; `undefined` where it can sign. */
  obstacle(options?: CancelOptions): Promise<BuildError | undefined>;
  /** Signs a file of any medium: the path of what now holds the signature, which is the file itself or one beside it. */
  sign(medium: Medium, path: string, options?: SignOptions): Promise<string>;
}
