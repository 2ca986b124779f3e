import type { SignSettings } from '../config/build-config.ts';
import { BuildError } from '../errors.ts';
import type { Target } from '../target.ts';
import { GpgSigner } from './gpg-signer.ts';
import { MacOsSigner } from './macos-signer.ts';
import { Notary } from './notary.ts';
import type { SigningOptions } from './report.ts';
import type { Signer, SignerHost } from './signer.ts';
import { WindowsSigner } from './windows-signer.ts';

/** A signer, or why there is none. */
export type Configured<T> = { readonly signer: T } | { readonly reason: string };

const OFF = { reason: 'sign.enabled is false' } as const;

/** Who signs the programs of a system. */
export function programSigner(os: string, settings: SignSettings, host: SignerHost): Configured<Signer> | undefined {
  const { enabled, macos, windows } = settings;
  if (os !== 'darwin' && os !== 'windows') return undefined;
  if (!enabled) return OFF;
  if (os === 'darwin') {
    const { identity } = macos;
    if (identity === undefined) return { reason: 'sign.macos.identity is not set (CODESIGN_IDENTITY)' };
    return { signer: new MacOsSigner({ identity }, host) };
  }
  const { certificate, password } = windows;
  if (certificate === undefined) return { reason: 'sign.windows.certificate is not set' };
  return { signer: new WindowsSigner({ certificate, password }, host) };
}

/** Who makes signatures beside files. */
export function fileSigner({ enabled, gpg }: SignSettings, host: SignerHost): Configured<Signer> {
  if (!enabled) return OFF;
  if (gpg.key === undefined) return { reason: 'sign.gpg.key is not set (GPG_KEY_ID)' };
  return { signer: new GpgSigner({ key: gpg.key }, host) };
}

/**
 * Who asks the notary.
 *
 * @throws `ERR_BUILD_SIGN_NOT_CONFIGURED` where it is to be asked, and a part of the account is not said.
 */
export function configuredNotary({ enabled, macos }: SignSettings, host: SignerHost): Configured<Notary> {
  if (!enabled) return OFF;
  if (!macos.notarize) return { reason: 'sign.macos.notarize is false' };
  const { appleId, teamId, appPassword, identity } = macos;
  if (identity === undefined) throw incomplete('sign.macos.identity', 'CODESIGN_IDENTITY');
  if (appleId === undefined) throw incomplete('sign.macos.apple_id', 'APPLE_ID');
  if (teamId === undefined) throw incomplete('sign.macos.team_id', 'APPLE_TEAM_ID');
  if (appPassword === undefined) throw incomplete('sign.macos.app_password', 'APPLE_APP_PASSWORD');
  return { signer: new Notary({ appleId, teamId, appPassword }, host) };
}

function incomplete(key: string, variable: string): BuildError {
  return new BuildError(`Cannot notarize: ${key} is not set`, {
    code: 'ERR_BUILD_SIGN_NOT_CONFIGURED',
    op: 'build.notarize',
    key,
    hint: `Put it into the environment variable ${variable}, or set sign.macos.notarize to false.`,
  });
}

/**
 * Looks before anything is built whether all that is set up for signing can sign for these targets on this machine: the
 * tools are there, the key is known and has not expired, the certificate is a file. What is not set up is passed over.
 *
 * @throws what is in the way of the first that cannot: `ERR_BUILD_SIGNER_UNAVAILABLE`, `ERR_BUILD_SIGN_NOT_CONFIGURED`,
 * `ERR_BUILD_SIGN_KEY_NOT_FOUND`, `ERR_BUILD_SIGN_KEY_UNUSABLE`.
 *
 * @example
 * ```ts
 * import { defaultConfig } from '@core/build';
 * import { checkSigners } from '@core/build/signing';
 *
 * const { sign } = defaultConfig({ CODESIGN_IDENTITY: 'Developer ID Application: Example' });
 * const settings = { ...sign, enabled: true };
 * await checkSigners(settings, [{ os: 'linux', arch: 'amd64' }]); // nothing that codesign could sign
 * const forMac = checkSigners(settings, [{ os: 'darwin', arch: 'arm64' }], { platform: 'linux' });
 * await assert.rejects(forMac, { code: 'ERR_BUILD_SIGNER_UNAVAILABLE' });
 * ```
 */
export async function checkSigners(
  settings: SignSettings,
  targets: readonly Target[],
  options: SigningOptions = {},
): Promise<void> {
  const systems = [...new Set(targets.map(({ os }) => os))];
  const configured: (Configured<Notary | Signer> | undefined)[] = [
    fileSigner(settings, options),
    ...systems.map((os) => programSigner(os, settings, options)),
    ...(systems.includes('darwin') ? [configuredNotary(settings, options)] : []),
  ];
  for (const one of configured) {
    if (one === undefined || !('signer' in one)) continue;
    const obstacle = await one.signer.obstacle({ signal: options.signal });
    if (obstacle !== undefined) throw obstacle;
  }
}
