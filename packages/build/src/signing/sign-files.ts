import type { Medium } from '@core/io';

import { defaultWorkers } from '../archive/reproducible.ts';
import type { Artifact } from '../artifact.ts';
import { checksum } from '../checksum/checksum.ts';
import type { SignSettings } from '../config/build-config.ts';
import { sideBySide } from '../side-by-side.ts';
import { fileSigner } from './configured-signers.ts';
import { type SignaturesReport, type SigningOptions, tellSkipped } from './report.ts';

/**
 * Makes a signature beside the file of checksums, `<file>.asc`: whoever checks it and then the checksums has checked the
 * whole release. Without a key it is skipped; the skip is in the result, and a `warning` event.
 *
 * @throws what {@link GpgSigner} throws.
 *
 * @example
 * ```ts
 * import { defaultConfig } from '@core/build';
 * import { signChecksums } from '@core/build/signing';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'dist/CHECKSUMS.txt': '' });
 * const messages: string[] = [];
 * const report = await signChecksums(medium, 'dist/CHECKSUMS.txt', { ...defaultConfig({}).sign, enabled: true }, {
 *   onEvent: (event) => event.type === 'warning' && messages.push(event.message),
 * });
 * assert.deepEqual(report.signatures, []);
 * assert.deepEqual(messages, ['Not signed: dist/CHECKSUMS.txt: sign.gpg.key is not set (GPG_KEY_ID)']);
 * ```
 */
export function signChecksums(
  medium: Medium,
  checksumFile: string,
  settings: SignSettings,
  options: SigningOptions = {},
): Promise<SignaturesReport> {
  return signFiles(medium, [{ path: checksumFile, os: '', arch: '', kind: 'checksums' }], settings, options);
}

/**
 * Makes a signature beside every file, such as the archives of a release, several at once.
 *
 * @throws what {@link GpgSigner} throws, for the first in the list that fails; signatures that are made stay.
 *
 * @example
 * ```ts
 * import { defaultConfig } from '@core/build';
 * import { signFiles } from '@core/build/signing';
 * import { MemoryMedium } from '@core/io';
 *
 * const artifacts = [{ path: 'app.zip', os: 'windows', arch: 'amd64' }];
 * const { skipped } = await signFiles(new MemoryMedium({ 'app.zip': '' }), artifacts, defaultConfig({}).sign);
 * assert.deepEqual(skipped, [{ signer: 'gpg', reason: 'sign.enabled is false', paths: ['app.zip'] }]);
 * ```
 */
export async function signFiles(
  medium: Medium,
  artifacts: readonly Artifact[],
  settings: SignSettings,
  options: SigningOptions = {},
): Promise<SignaturesReport> {
  options.signal?.throwIfAborted();
  const configured = fileSigner(settings, options);
  if ('reason' in configured) {
    const skipped = [{ signer: 'gpg', reason: configured.reason, paths: artifacts.map(({ path }) => path) }];
    tellSkipped('Not signed', skipped, options);
    return { signatures: [], skipped };
  }
  const { results, failure } = await sideBySide(artifacts, defaultWorkers(), async ({ path, os, arch }) => {
    const signature = await configured.signer.sign(medium, path, options);
    return checksum(medium, { path: signature, os, arch, kind: 'signature' }, { signal: options.signal });
  });
  if (failure !== undefined) throw failure.error;
  return { signatures: results.filter((result) => result !== undefined), skipped: [] };
}
