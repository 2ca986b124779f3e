import type { Medium } from '@core/io';

import { defaultWorkers } from '../archive/reproducible.ts';
import type { Artifact } from '../artifact.ts';
import type { SignSettings } from '../config/build-config.ts';
import { sideBySide } from '../side-by-side.ts';
import { configuredNotary } from './configured-signers.ts';
import { isProgramOf } from './program-format.ts';
import { type SigningOptions, type SigningReport, tellSkipped } from './report.ts';
import { renewed } from './sign-binaries.ts';

/**
 * Has the programs and bundles for macOS notarized that {@link signBinaries} has signed, several at once, and waits for
 * all verdicts; a bundle gets its ticket stapled to it. Without `sign.macos.notarize` they are skipped, as there.
 *
 * @throws `ERR_BUILD_SIGN_NOT_CONFIGURED` where a part of the account is not set, and what {@link Notary} throws, for the
 * first artifact in the list that fails.
 *
 * @example
 * ```ts
 * import { defaultConfig } from '@core/build';
 * import { notarizeBinaries } from '@core/build/signing';
 * import { MemoryMedium } from '@core/io';
 *
 * const artifacts = [{ path: 'dist/darwin_arm64/app', os: 'darwin', arch: 'arm64' }];
 * const { sign } = defaultConfig({});
 * const settings = { ...sign, enabled: true, macos: { notarize: true, identity: 'Developer ID Application: Example' } };
 * const notarizing = notarizeBinaries(new MemoryMedium(), artifacts, settings);
 * await assert.rejects(notarizing, { code: 'ERR_BUILD_SIGN_NOT_CONFIGURED', key: 'sign.macos.apple_id' });
 * ```
 */
export async function notarizeBinaries(
  medium: Medium,
  artifacts: readonly Artifact[],
  settings: SignSettings,
  options: SigningOptions = {},
): Promise<SigningReport> {
  options.signal?.throwIfAborted();
  const forMac = artifacts.filter(({ os }) => os === 'darwin');
  if (forMac.length === 0) return { artifacts, skipped: [] };
  const configured = configuredNotary(settings, options);
  if ('reason' in configured) {
    const skipped = [{ signer: 'notary', reason: configured.reason, paths: forMac.map(({ path }) => path) }];
    // what is not signed was told of when it was not signed
    if (settings.macos.identity !== undefined) tellSkipped('Not notarized', skipped, options);
    return { artifacts, skipped };
  }
  const { results, failure } = await sideBySide(artifacts, defaultWorkers(), async (artifact) => {
    if (!(await isForNotary(medium, artifact, options))) return artifact;
    await configured.signer.notarize(medium, artifact.path, options);
    return artifact.kind === 'bundle' ? renewed(medium, artifact, options) : artifact;
  });
  if (failure !== undefined) throw failure.error;
  return { artifacts: results.filter((result) => result !== undefined), skipped: [] };
}

async function isForNotary(medium: Medium, { os, kind, path }: Artifact, { signal }: SigningOptions): Promise<boolean> {
  return os === 'darwin' && (kind === 'bundle' || (await isProgramOf(os, { medium, path, signal })));
}
