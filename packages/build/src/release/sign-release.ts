import type { Artifact } from '../artifact.ts';
import type { BuilderConfig } from '../builder.ts';
import type { BuildEvent, BuildEventListener } from '../events.ts';
import { checkSigners } from '../signing/configured-signers.ts';
import { notarizeBinaries } from '../signing/notarize-binaries.ts';
import type { SigningOptions } from '../signing/report.ts';
import { signBinaries } from '../signing/sign-binaries.ts';
import { signChecksums } from '../signing/sign-files.ts';
import type { ReleasePlace } from './builder-config.ts';
import type { ReleasePlan } from './plan.ts';

/** What signing a release needs to know of it. */
export interface Signing {
  readonly plan: ReleasePlan;
  readonly place: ReleasePlace;
  readonly work: BuilderConfig;
  readonly onEvent: BuildEventListener | undefined;
}

/** Refuses what could not be signed on this machine before anything is built. */
export async function checkSigning(signing: Signing): Promise<void> {
  const { sign } = signing.plan.config;
  if (sign.enabled) await checkSigners(sign, signing.plan.targets, optionsOf(signing));
}

/** Signs what was built, before it is packed, and has it notarized where that is asked for. */
export async function signPrograms(signing: Signing, built: readonly Artifact[]): Promise<readonly Artifact[]> {
  const { medium, config } = signing.plan;
  const options = optionsOf(signing);
  const { artifacts } = await signBinaries(medium, built, config.sign, options);
  if (signing.plan.dryRun) return artifacts; // nothing leaves this machine, and Apple is not asked
  return (await notarizeBinaries(medium, artifacts, config.sign, options)).artifacts;
}

/** Makes the signature of the file of checksums, where there is a key. */
export async function signChecksumFile(signing: Signing, path: string): Promise<readonly Artifact[]> {
  const { medium, config } = signing.plan;
  return (await signChecksums(medium, path, config.sign, optionsOf(signing))).signatures;
}

function optionsOf({ plan, place, work, onEvent }: Signing): SigningOptions {
  const { service, workspace } = place;
  const shared = { service, env: work.env, dir: workspace.path, signal: plan.signal };
  if (onEvent === undefined) return shared;
  const tell: BuildEventListener = (event) => {
    onEvent(withFinalPaths(event, plan, place));
  };
  return { ...shared, onEvent: tell };
}

/** Warnings name files as they are called in the end. */
function withFinalPaths(event: BuildEvent, { outputDir }: ReleasePlan, { staging }: ReleasePlace): BuildEvent {
  if (event.type !== 'warning') return event;
  return { ...event, message: event.message.replaceAll(`${staging.dir}/`, `${outputDir}/`) };
}
