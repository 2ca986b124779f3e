import type { CancelOptions, Medium } from '@core/io';

import { statThere } from '../artifact-check.ts';
import type { BuildError } from '../errors.ts';
import { pathBelow } from '../paths.ts';
import { cannotSignBy, explained, type Reason, toolMissing } from './failure.ts';
import { changeInPlace } from './private-copy.ts';
import type { Signer, SignerHost, SignOptions } from './signer.ts';
import { isToolFailure, Toolbox } from './toolbox.ts';

/** Who {@link MacOsSigner} signs as. */
export interface MacOsIdentity {
  /** Name or SHA-1 of a certificate in the keychain: `Developer ID Application: Example (ABCDE12345)`. */
  readonly identity: string;
}

/** How the tools of Apple come to a machine. */
export const HOW_TO_GET_XCODE: string = 'Install the command line tools of Xcode: xcode-select --install.';

/**
 * Signs programs and `.app` bundles for macOS, in place, by codesign: with the hardened runtime and a time stamp, as the
 * notary wants them. Only macOS has codesign.
 *
 * @throws `ERR_BUILD_SIGNER_UNAVAILABLE` on another system, `ERR_BUILD_SIGN_KEY_NOT_FOUND` where the keychain has no such
 * identity, `ERR_BUILD_SIGN_FAILED`, `ERR_BUILD_ARTIFACT_NOT_FOUND`.
 *
 * @example
 * ```ts
 * import { MacOsSigner } from '@core/build/signing';
 *
 * const signer = new MacOsSigner({ identity: 'Developer ID Application: Example' }, { platform: 'linux' });
 * assert.equal(await signer.available(), false);
 * assert.match((await signer.obstacle())?.message ?? '', /only macOS has it/);
 * ```
 */
export class MacOsSigner implements Signer {
  readonly name = 'macos';
  readonly #identity: string;
  readonly #toolbox: Toolbox;

  constructor({ identity }: MacOsIdentity, host: SignerHost = {}) {
    if (typeof identity !== 'string' || identity.trim() === '') {
      throw new TypeError(`identity must be the name of a certificate, not ${JSON.stringify(identity)}`);
    }
    this.#identity = identity;
    this.#toolbox = new Toolbox(host, () => []);
  }

  async available(options: CancelOptions = {}): Promise<boolean> {
    return (await this.obstacle(options)) === undefined;
  }

  obstacle(options: CancelOptions = {}): Promise<BuildError | undefined> {
    return appleObstacle(this.#toolbox, 'codesign', options);
  }

  /** Signs the program or bundle itself, and gives its path. */
  async sign(medium: Medium, path: string, options: SignOptions = {}): Promise<string> {
    const { signal } = options;
    await statThere(medium, { path, op: 'build.sign', what: 'program', signal });
    const obstacle = await this.obstacle({ signal });
    if (obstacle !== undefined) throw obstacle;
    const attempt = { path, tool: 'codesign', howToGet: HOW_TO_GET_XCODE };
    const explain = (said: string) => whyCodesignFailed(said, this.#identity);
    await changeInPlace(
      medium,
      path,
      async (folder, name) => {
        const args = ['--force', '--timestamp', '--options', 'runtime', '--sign', this.#identity, `./${name}`];
        const call = { ...options, tool: 'codesign', args, dir: folder.path };
        await explained(attempt, explain, () => this.#toolbox.run(call));
        return pathBelow(folder.path, name);
      },
      { signal },
    );
    return path;
  }
}

/** What is in the way of a tool of Apple. */
export async function appleObstacle(
  toolbox: Toolbox,
  tool: string,
  { signal }: CancelOptions,
): Promise<BuildError | undefined> {
  const { platform, dir } = toolbox;
  if (platform !== 'darwin') {
    const hint = 'Make the release on a Mac, or leave sign.macos.identity empty: then nothing is signed for macOS.';
    const why = `only macOS has it, and this is ${platform}`;
    return cannotSignBy(tool, { code: 'ERR_BUILD_SIGNER_UNAVAILABLE', why, hint, key: 'sign.macos.identity' });
  }
  try {
    await toolbox.run({ tool: 'xcrun', args: ['--find', tool], dir, signal });
    return undefined;
  } catch (cause) {
    if (!isToolFailure(cause)) throw cause;
    return cannotSignBy(tool, toolMissing({ tool, howToGet: HOW_TO_GET_XCODE }), cause);
  }
}

function whyCodesignFailed(said: string, identity: string): Reason {
  if (/no identity found|ambiguous/i.test(said)) {
    const which = /ambiguous/i.test(said) ? 'has several identities' : 'has no identity';
    return {
      code: 'ERR_BUILD_SIGN_KEY_NOT_FOUND',
      why: `the keychain ${which} ${JSON.stringify(identity)}`,
      hint: 'See security find-identity -v -p codesigning, and correct sign.macos.identity.',
      key: 'sign.macos.identity',
    };
  }
  if (/errSecInternalComponent|User interaction is not allowed/i.test(said)) {
    const hint =
      'Unlock it (security unlock-keychain), and let codesign use the key (security set-key-partition-list).';
    return { code: 'ERR_BUILD_SIGN_FAILED', why: 'the keychain is locked', hint };
  }
  return { code: 'ERR_BUILD_SIGN_FAILED', why: 'codesign has failed', hint: 'Correct what codesign reports.' };
}
