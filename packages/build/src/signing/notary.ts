import type { CancelOptions, Medium } from '@core/io';

import { statThere } from '../artifact-check.ts';
import { BuildError } from '../errors.ts';
import { pathBelow } from '../paths.ts';
import { explained, type Reason } from './failure.ts';
import { appleObstacle, HOW_TO_GET_XCODE } from './macos-signer.ts';
import { changeInPlace, type PrivateFolder } from './private-copy.ts';
import type { SignerHost, SignOptions } from './signer.ts';
import { Toolbox } from './toolbox.ts';

/** Who asks Apple's notary. */
export interface NotaryAccount {
  readonly appleId: string;
  readonly teamId: string;
  /** An app-specific password of the account. */
  readonly appPassword: string;
}

/** What notarytool says of a submission. */
interface Verdict {
  readonly id: string;
  readonly status: string;
}

/**
 * Has signed programs and `.app` bundles notarized by Apple: `notarytool submit --wait`. The ticket is stapled to a bundle;
 * a bare program cannot hold it, and macOS asks Apple for it.
 *
 * notarytool prompts for the password where it is not among its arguments, and reads it from its stdin where it has no
 * terminal, as here: so it is in no command line and in no keychain. (`@env:` and `@keychain:` were altool's; notarytool
 * takes them for the password itself.)
 *
 * @throws `ERR_BUILD_SIGNER_UNAVAILABLE` on another system than macOS, `ERR_BUILD_SIGN_PASSWORD_WRONG`,
 * `ERR_BUILD_NOTARIZATION_REFUSED` with the notary's log in `output`, `ERR_BUILD_SIGN_FAILED`.
 *
 * @example
 * ```ts
 * import { Notary } from '@core/build/signing';
 *
 * const account = { appleId: 'me@example.com', teamId: 'ABCDE12345', appPassword: 'abcd-efgh-ijkl-mnop' };
 * const notary = new Notary(account, { platform: 'linux' });
 * assert.equal((await notary.obstacle())?.code, 'ERR_BUILD_SIGNER_UNAVAILABLE');
 * ```
 */
export class Notary {
  readonly #account: NotaryAccount;
  readonly #toolbox: Toolbox;

  constructor(account: NotaryAccount, host: SignerHost = {}) {
    for (const name of ['appleId', 'teamId', 'appPassword'] as const) {
      if (typeof account[name] !== 'string' || account[name] === '') throw new TypeError(`${name} must not be empty`);
    }
    this.#account = account;
    this.#toolbox = new Toolbox(host, () => [account.appPassword]);
  }

  /** What is in the way; `undefined` where it can be asked. */
  obstacle(options: CancelOptions = {}): Promise<BuildError | undefined> {
    return appleObstacle(this.#toolbox, 'notarytool', options);
  }

  /** Waits for the verdict on a signed program or bundle of any medium; staples the ticket to a bundle. */
  async notarize(medium: Medium, path: string, options: SignOptions = {}): Promise<void> {
    const { signal } = options;
    const { kind } = await statThere(medium, { path, op: 'build.notarize', what: 'program', signal });
    const obstacle = await this.obstacle({ signal });
    if (obstacle !== undefined) throw obstacle;
    const change = async (folder: PrivateFolder, name: string): Promise<string | undefined> => {
      const one = { folder, name, path };
      await this.#submit(one, options);
      if (kind !== 'dir') return undefined;
      await this.#run('xcrun', ['stapler', 'staple', `./${name}`], one, options);
      return pathBelow(folder.path, name);
    };
    await changeInPlace(medium, path, change, { signal });
  }

  async #submit(one: Notarizing, options: SignOptions): Promise<void> {
    const zip = `./${one.name}.zip`;
    await this.#run('ditto', ['-c', '-k', '--keepParent', `./${one.name}`, zip], one, options);
    const lines = await this.#asAccount(['submit', zip], ['--wait', '--output-format', 'json'], one, options);
    const { id, status } = verdictOf(lines);
    if (status === 'Accepted') return;
    const log = id === '' ? lines : await this.#asAccount(['log', id], [], one, options);
    throw new BuildError(`Cannot notarize ${JSON.stringify(one.path)}: Apple's notary says ${JSON.stringify(status)}`, {
      ...{ code: 'ERR_BUILD_NOTARIZATION_REFUSED', op: 'build.notarize', path: one.path, tool: 'notarytool' },
      output: log.join('\n'),
      hint: 'Correct what its log reports: it wants the hardened runtime, a time stamp and a Developer ID.',
    });
  }

  #asAccount(what: string[], how: string[], one: Notarizing, options: SignOptions): Promise<string[]> {
    const { appleId, teamId, appPassword } = this.#account;
    const args = ['notarytool', ...what, '--apple-id', appleId, '--team-id', teamId, ...how];
    return this.#run('xcrun', args, one, { ...options, input: `${appPassword}\n` });
  }

  #run(
    tool: string,
    args: string[],
    { folder, path }: Notarizing,
    options: SignOptions & { readonly input?: string },
  ): Promise<string[]> {
    const attempt = { path, tool, howToGet: HOW_TO_GET_XCODE };
    return explained(attempt, whyNotaryFailed, () => this.#toolbox.run({ ...options, tool, args, dir: folder.path }));
  }
}

interface Notarizing {
  readonly folder: PrivateFolder;
  /** Of the copy in the folder. */
  readonly name: string;
  readonly path: string;
}

/** The JSON in what notarytool prints; its prompt for the password may be before it. */
function verdictOf(lines: readonly string[]): Verdict {
  const text = lines.join('\n');
  try {
    const { id, status } = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as Partial<Verdict>;
    return { id: id ?? '', status: status ?? 'nothing' };
  } catch {
    return { id: '', status: 'nothing that is JSON' };
  }
}

function whyNotaryFailed(said: string): Reason {
  if (/\b401\b|Invalid credentials/i.test(said)) {
    return {
      code: 'ERR_BUILD_SIGN_PASSWORD_WRONG',
      why: "Apple's notary does not know this account and password",
      hint: 'Make an app-specific password at account.apple.com, and put it into APPLE_APP_PASSWORD; see APPLE_ID and APPLE_TEAM_ID.',
      key: 'sign.macos.app_password',
    };
  }
  return { code: 'ERR_BUILD_SIGN_FAILED', why: 'it could not be notarized', hint: 'Correct what the tool reports.' };
}
