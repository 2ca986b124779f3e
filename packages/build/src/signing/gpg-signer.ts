import type { CancelOptions, Medium } from '@core/io';

import { statFile } from '../artifact-check.ts';
import type { BuildError } from '../errors.ts';
import { nameOf, pathBelow } from '../paths.ts';
import { cannotSignBy, explained, toolMissing } from './failure.ts';
import { keyNotFound, keyUnusable, STATUS, whyGpgFailed } from './gpg-status.ts';
import { gpgVerify, HOW_TO_GET_GPG } from './gpg-verify.ts';
import { inPrivateFolder, type PrivateFolder, readable } from './private-copy.ts';
import type { Signer, SignerHost, SignOptions } from './signer.ts';
import { isToolFailure, Toolbox } from './toolbox.ts';

/** The key that {@link GpgSigner} signs with. */
export interface GpgKey {
  /** Its id, its fingerprint, or an e-mail address of it. */
  readonly key: string;
  /** Of the environment's `GPG_PASSPHRASE` unless it is given; without either gpg asks its agent, and that the user. */
  readonly passphrase?: string | undefined;
}

/** What field 2 of a `sec` line says of a key that cannot sign: doc/DETAILS of GnuPG's sources. */
const UNUSABLE = /^[dire]$/;

/**
 * Makes detached, armoured signatures by GnuPG: `<path>.asc`, as `gpg --verify` reads them.
 *
 * The passphrase goes to gpg through its stdin. Keys are those of the keyring in `GNUPGHOME`. A signature is verified
 * before it is put into the medium; it says when it was made, so that two of one file differ. gpg needs its agent, which
 * is started where it does not run, and runs on for itself, as after every use of gpg.
 *
 * @throws `ERR_BUILD_SIGNER_UNAVAILABLE` where there is no gpg, `ERR_BUILD_SIGN_KEY_NOT_FOUND`,
 * `ERR_BUILD_SIGN_KEY_UNUSABLE` for one that has expired or was revoked, `ERR_BUILD_SIGN_PASSWORD_WRONG`,
 * `ERR_BUILD_SIGN_FAILED`, `ERR_BUILD_ARTIFACT_NOT_FOUND`.
 *
 * @example
 * ```ts
 * import { GpgSigner } from '@core/build/signing';
 *
 * const signer = new GpgSigner({ key: 'release@example.com' }, { env: { PATH: '/nowhere' } });
 * assert.equal(await signer.available(), false);
 * assert.match((await signer.obstacle())?.hint ?? '', /Install GnuPG/);
 * ```
 */
export class GpgSigner implements Signer {
  readonly name = 'gpg';
  readonly #key: string;
  readonly #passphrase: string | undefined;
  readonly #toolbox: Toolbox;

  constructor({ key, passphrase }: GpgKey, host: SignerHost = {}) {
    if (typeof key !== 'string' || key.trim() === '') {
      throw new TypeError(`key must be the id, fingerprint or e-mail address of a key, not ${JSON.stringify(key)}`);
    }
    const { GPG_PASSPHRASE: fromEnvironment } = host.env ?? process.env;
    this.#key = key;
    this.#passphrase = passphrase ?? (fromEnvironment === '' ? undefined : fromEnvironment);
    this.#toolbox = new Toolbox(host, () => [this.#passphrase]);
  }

  async available(options: CancelOptions = {}): Promise<boolean> {
    return (await this.obstacle(options)) === undefined;
  }

  async obstacle({ signal }: CancelOptions = {}): Promise<BuildError | undefined> {
    const args = ['--batch', '--no-tty', '--with-colons', '--list-secret-keys', '--', this.#key];
    try {
      await this.#startAgent({ signal });
      const lines = await this.#toolbox.run({ tool: 'gpg', args, dir: this.#toolbox.dir, signal });
      const validities = lines.filter((line) => line.startsWith('sec:')).map((line) => line.split(':')[1] ?? '');
      if (validities.length === 0) return cannotSignBy('gpg', keyNotFound(this.#key));
      return validities.every((word) => UNUSABLE.test(word)) ? cannotSignBy('gpg', keyUnusable(this.#key)) : undefined;
    } catch (cause) {
      if (!isToolFailure(cause)) throw cause;
      if (cause.code === 'ERR_BUILD_COMMAND_FAILED') return cannotSignBy('gpg', keyNotFound(this.#key), cause);
      return cannotSignBy('gpg', toolMissing({ tool: 'gpg', howToGet: HOW_TO_GET_GPG }), cause);
    }
  }

  /** Writes `<path>.asc`, and gives its path. */
  async sign(medium: Medium, path: string, options: SignOptions = {}): Promise<string> {
    const { signal } = options;
    await statFile(medium, { path, op: 'build.sign', what: 'file', signal });
    const signature = `${path}.asc`;
    const text = await inPrivateFolder(async (folder) => {
      const file = await readable(medium, path, { folder, signal });
      return this.#sign({ folder, file, path }, options);
    });
    await medium.write(signature, text, { signal });
    return signature;
  }

  async #sign({ folder, file, path }: Signing, options: SignOptions): Promise<string> {
    const name = `${nameOf(path)}.asc`;
    const place = pathBelow(folder.path, name);
    const call = { ...options, dir: folder.path };
    const explain = (said: string) => whyGpgFailed(said, this.#key, this.#passphrase !== undefined);
    return explained({ path, tool: 'gpg', howToGet: HOW_TO_GET_GPG }, explain, async () => {
      await this.#startAgent(options);
      const args = this.#arguments(`./${name}`);
      const shown = ['gpg', ...args, path].join(' ');
      await this.#toolbox.run({ ...call, tool: 'gpg', args: [...args, file], shown, ...this.#stdin(), noise: STATUS });
      const verifying = { file, signature: place, path };
      await gpgVerify(this.#toolbox, verifying, { ...call, shown: `gpg --verify ${path}.asc ${path}` });
      return folder.disk.read(place, { signal: options.signal });
    });
  }

  #arguments(signature: string): string[] {
    const loopback = ['--pinentry-mode', 'loopback', '--passphrase-fd', '0'];
    return [
      ...['--batch', '--yes', '--no-tty', '--status-fd', '1'],
      ...(this.#passphrase === undefined ? [] : loopback),
      ...['--local-user', this.#key, '--armor', '--output', signature, '--detach-sign'],
    ];
  }

  #stdin(): { readonly input?: string } {
    return this.#passphrase === undefined ? {} : { input: this.#passphrase };
  }

  /**
   * A command takes everything with it that it has started. gpg would start its agent, which another gpg may be using
   * when the first one is done; so the agent is started here, as a program for itself.
   */
  async #startAgent({ signal }: CancelOptions): Promise<void> {
    await this.#toolbox.launch('gpgconf', ['--launch', 'gpg-agent'], { signal });
  }
}

interface Signing {
  readonly folder: PrivateFolder;
  /** On the disk. */
  readonly file: string;
  readonly path: string;
}
