import type { Medium } from '@core/io';

import { defaultWorkers } from '../archive/reproducible.ts';
import type { Artifact } from '../artifact.ts';
import { checksum } from '../checksum/checksum.ts';
import type { SignSettings } from '../config/build-config.ts';
import { sideBySide } from '../side-by-side.ts';
import { programSigner } from './configured-signers.ts';
import { isProgramOf } from './program-format.ts';
import { type SigningOptions, type SigningReport, type Skipped, tellSkipped } from './report.ts';
import type { Signer } from './signer.ts';

/**
 * Signs the programs of a release in place, before they are packed: those for macOS by codesign, those for Windows by
 * osslsigncode or signtool, several at once. What is for another system, or is a script, is left as it is.
 *
 * What nobody has set up is skipped; each skip is in the result, and a `warning` event. After a failure nothing new
 * begins; a program is signed whole or not at all.
 *
 * @throws what {@link MacOsSigner} and {@link WindowsSigner} throw, for the first artifact in the list that fails.
 *
 * @example
 * ```ts
 * import { defaultConfig } from '@core/build';
 * import { signBinaries } from '@core/build/signing';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'dist/windows_amd64/app.exe': 'MZ…' });
 * const artifacts = [{ path: 'dist/windows_amd64/app.exe', os: 'windows', arch: 'amd64' }];
 * const { skipped } = await signBinaries(medium, artifacts, { ...defaultConfig({}).sign, enabled: true });
 * assert.equal(skipped[0]?.reason, 'sign.windows.certificate is not set');
 * ```
 */
export async function signBinaries(
  medium: Medium,
  artifacts: readonly Artifact[],
  settings: SignSettings,
  options: SigningOptions = {},
): Promise<SigningReport> {
  options.signal?.throwIfAborted();
  const plans = await Promise.all(artifacts.map((artifact) => planOne(medium, artifact, settings, options)));
  const skipped = joinSkipped(plans.flatMap((plan) => ('skipped' in plan ? [plan.skipped] : [])));
  tellSkipped('Not signed', skipped, options);
  const { results, failure } = await sideBySide(plans, defaultWorkers(), async (plan) => {
    if (!('signer' in plan)) return plan.artifact;
    await plan.signer.sign(medium, plan.artifact.path, options);
    return renewed(medium, plan.artifact, options);
  });
  if (failure !== undefined) throw failure.error;
  return { artifacts: results.filter((result) => result !== undefined), skipped };
}

type Plan = { readonly artifact: Artifact } & ({ readonly signer: Signer } | { readonly skipped: Skipped } | object);

async function planOne(
  medium: Medium,
  artifact: Artifact,
  settings: SignSettings,
  options: SigningOptions,
): Promise<Plan> {
  const { os, path } = artifact;
  const configured = programSigner(os, settings, options);
  if (configured === undefined) return { artifact };
  const signer = os === 'darwin' ? 'macos' : 'windows';
  if ('reason' in configured) return { artifact, skipped: { signer, reason: configured.reason, paths: [path] } };
  const isSignable = artifact.kind === 'bundle' || (await isProgramOf(os, { medium, path, signal: options.signal }));
  if (isSignable) return { artifact, signer: configured.signer };
  const reason = `it is no program that ${signer === 'macos' ? 'macOS' : 'Windows'} could find a signature in`;
  return { artifact, skipped: { signer, reason, paths: [path] } };
}

/** One line for all that is skipped for the same reason. */
function joinSkipped(skipped: readonly Skipped[]): Skipped[] {
  const joined = new Map<string, Skipped>();
  for (const one of skipped) {
    const id = `${one.signer}\n${one.reason}`;
    joined.set(id, { ...one, paths: [...(joined.get(id)?.paths ?? []), ...one.paths] });
  }
  return [...joined.values()];
}

/** With the size and checksum that it has now; those of a bundle are not known. */
export async function renewed(medium: Medium, artifact: Artifact, { signal }: SigningOptions): Promise<Artifact> {
  if (artifact.kind === 'bundle') return { ...artifact, size: undefined, checksum: undefined };
  return checksum(medium, artifact, { signal });
}
