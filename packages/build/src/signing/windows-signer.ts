import { resolve } from 'node:path';

import { type CancelOptions, localMedium, type Medium } from '@core/io';

import { statFile } from '../artifact-check.ts';
import type { BuildError } from '../errors.ts';
import { pathBelow } from '../paths.ts';
import { cannotSignBy, explained, toolMissing } from './failure.ts';
import { changeInPlace, type PrivateFolder } from './private-copy.ts';
import type { Signer, SignerHost, SignOptions } from './signer.ts';
import { Toolbox, type ToolCall } from './toolbox.ts';
import { whyOsslsigncodeFailed, whySigntoolFailed } from './windows-failure.ts';

/** The certificate that {@link WindowsSigner} signs with. */
export interface WindowsCertificate {
  /** A file with certificate and key (PKCS #12: `.pfx`, `.p12`), or the SHA-1 thumbprint of one in Windows' own store. */
  readonly certificate: string;
  /** Of the file. */
  readonly password?: string | undefined;
}

const THUMBPRINT = /^[0-9a-f]{40}$/i;

const OSSLSIGNCODE = {
  tool: 'osslsigncode',
  howToGet:
    'Install osslsigncode: apt-get install osslsigncode, or brew install osslsigncode. On Windows a certificate can also ' +
    'be imported (certutil -user -importpfx) and be named by its thumbprint: signtool then needs no password.',
} as const;
const SIGNTOOL = {
  tool: 'signtool',
  howToGet: 'Install the Windows SDK, and see that signtool is on the PATH.',
} as const;

/** The password comes through a pipe: versions before 2.9 read it from a file only, and cannot open the socket that is stdin. */
const THROUGH_A_PIPE = ['-c', 'cat | "$0" "$@"'] as const;

/**
 * Signs programs for Windows, in place: by osslsigncode with a certificate file on any system, by signtool with a
 * certificate of Windows' own store, which it needs no password for.
 *
 * signtool gets no certificate file, since it takes the password of one only on its command line, where every user of the
 * machine can read it. osslsigncode reads it from its stdin. `WINDOWS_TIMESTAMP_URL` of the environment is the RFC 3161
 * authority that says when it was signed; without one, a signature ends with its certificate, and the time in it is that of
 * `SOURCE_DATE_EPOCH` where that is set.
 *
 * @throws `ERR_BUILD_SIGNER_UNAVAILABLE` where there is no such tool, `ERR_BUILD_SIGN_KEY_NOT_FOUND`,
 * `ERR_BUILD_SIGN_KEY_UNUSABLE`, `ERR_BUILD_SIGN_PASSWORD_WRONG`, `ERR_BUILD_SIGN_FAILED`, `ERR_BUILD_ARTIFACT_NOT_FOUND`.
 *
 * @example
 * ```ts
 * import { WindowsSigner } from '@core/build/signing';
 *
 * const signer = new WindowsSigner({ certificate: 'release.pfx' }, { env: { PATH: '/nowhere' }, dir: '/nowhere' });
 * assert.equal(await signer.available(), false);
 * ```
 */
export class WindowsSigner implements Signer {
  readonly name = 'windows';
  readonly #certificate: string;
  readonly #thumbprint: string | undefined;
  readonly #password: string | undefined;
  readonly #toolbox: Toolbox;

  constructor({ certificate, password }: WindowsCertificate, host: SignerHost = {}) {
    if (typeof certificate !== 'string' || certificate.trim() === '') {
      throw new TypeError(`certificate must be a file or a thumbprint, not ${JSON.stringify(certificate)}`);
    }
    const digits = certificate.replaceAll(/[\s:]/g, '');
    this.#toolbox = new Toolbox(host, () => [password]);
    this.#thumbprint = THUMBPRINT.test(digits) ? digits.toUpperCase() : undefined;
    this.#certificate = resolve(this.#toolbox.dir, certificate);
    this.#password = password;
  }

  async available(options: CancelOptions = {}): Promise<boolean> {
    return (await this.obstacle(options)) === undefined;
  }

  async obstacle({ signal }: CancelOptions = {}): Promise<BuildError | undefined> {
    return this.#thumbprint === undefined ? this.#fileObstacle({ signal }) : this.#storeObstacle({ signal });
  }

  async #storeObstacle({ signal }: CancelOptions): Promise<BuildError | undefined> {
    const { platform } = this.#toolbox;
    if (platform !== 'win32') {
      const why = `a certificate in the store of Windows can only be used on Windows, and this is ${platform}`;
      const hint = 'Name a certificate file in sign.windows.certificate: osslsigncode signs with it on every system.';
      const reason = { code: 'ERR_BUILD_SIGNER_UNAVAILABLE', why, hint, key: 'sign.windows.certificate' } as const;
      return cannotSignBy('signtool', reason);
    }
    if (await this.#toolbox.has('signtool', ['/?'], { signal })) return undefined;
    return cannotSignBy('signtool', toolMissing(SIGNTOOL));
  }

  async #fileObstacle({ signal }: CancelOptions): Promise<BuildError | undefined> {
    if (!(await localMedium().isFile(this.#certificate, { signal }))) {
      const why = `there is no certificate file ${JSON.stringify(this.#certificate)}`;
      const hint = 'Correct sign.windows.certificate: a .pfx file, from the folder of the project.';
      const reason = { code: 'ERR_BUILD_SIGN_KEY_NOT_FOUND', why, hint, key: 'sign.windows.certificate' } as const;
      return cannotSignBy('osslsigncode', reason);
    }
    if (await this.#toolbox.has('osslsigncode', ['--version'], { signal })) return undefined;
    return cannotSignBy('osslsigncode', toolMissing(OSSLSIGNCODE));
  }

  /** Signs the file itself, and gives its path. */
  async sign(medium: Medium, path: string, options: SignOptions = {}): Promise<string> {
    const { signal } = options;
    await statFile(medium, { path, op: 'build.sign', what: 'program', signal });
    const obstacle = await this.obstacle({ signal });
    if (obstacle !== undefined) throw obstacle;
    await changeInPlace(
      medium,
      path,
      (folder, name) =>
        (this.#thumbprint === undefined ? this.#byFile : this.#byStore).call(this, { folder, name, path }, options),
      { signal },
    );
    return path;
  }

  async #byStore({ folder, name, path }: Signing, options: SignOptions): Promise<string> {
    const url = this.#timestampUrl;
    const args = [
      ...['sign', '/fd', 'SHA256', '/sha1', this.#thumbprint ?? ''],
      ...(url === undefined ? [] : ['/tr', url, '/td', 'SHA256']),
      `.\\${name}`,
    ];
    await explained({ path, ...SIGNTOOL }, whySigntoolFailed, () =>
      this.#toolbox.run({ ...options, tool: 'signtool', args, dir: folder.path }),
    );
    return pathBelow(folder.path, name);
  }

  async #byFile({ folder, name, path }: Signing, options: SignOptions): Promise<string> {
    await folder.disk.ensureDir(pathBelow(folder.path, 'signed'));
    const explain = (said: string) => whyOsslsigncodeFailed(said, this.#password !== undefined);
    await explained({ path, ...OSSLSIGNCODE }, explain, () =>
      this.#toolbox.run({ ...options, ...this.#osslsigncode(name), dir: folder.path }),
    );
    return pathBelow(folder.path, `signed/${name}`);
  }

  #osslsigncode(name: string): Pick<ToolCall, 'args' | 'input' | 'shown' | 'tool'> {
    const password = this.#password;
    const isWindows = this.#toolbox.platform === 'win32';
    const args = [
      ...['sign', '-pkcs12', this.#certificate],
      ...(password === undefined ? [] : ['-readpass', isWindows ? '-' : '/dev/stdin']),
      ...['-h', 'sha256', ...this.#time(), '-in', `./${name}`, '-out', `./signed/${name}`],
    ];
    const shown = ['osslsigncode', ...args].join(' ');
    if (password === undefined || isWindows) return { tool: 'osslsigncode', args, shown, input: password };
    return { tool: 'sh', args: [...THROUGH_A_PIPE, 'osslsigncode', ...args], shown, input: password };
  }

  #time(): string[] {
    const url = this.#timestampUrl;
    const { SOURCE_DATE_EPOCH: epoch = '' } = this.#toolbox.variables;
    if (url !== undefined) return ['-ts', url];
    return epoch === '' ? [] : ['-time', epoch];
  }

  get #timestampUrl(): string | undefined {
    const { WINDOWS_TIMESTAMP_URL: url = '' } = this.#toolbox.variables;
    return url === '' ? undefined : url;
  }
}

interface Signing {
  readonly folder: PrivateFolder;
  /** Of the copy in the folder. */
  readonly name: string;
  readonly path: string;
}
