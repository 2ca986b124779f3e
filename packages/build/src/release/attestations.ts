import { type CancelOptions } from '@core/io';

import { findComponents } from '../attest/components/find-components.ts';
import { gitSource } from '../attest/git-source.ts';
import { createProvenance, PROVENANCE_FILE } from '../attest/provenance.ts';
import type { ReleaseFacts } from '../attest/release-facts.ts';
import { createSbom, SBOM_FILES } from '../attest/sbom.ts';
import type { Artifact } from '../artifact.ts';
import { checksum } from '../checksum/checksum.ts';
import { pathBelow } from '../paths.ts';
import type { ReleasePlan } from './plan.ts';

/** What statements are made from that only a build knows. */
export interface Attesting extends CancelOptions {
  /** Where they are written. */
  readonly folder: string;
  readonly files: readonly Artifact[];
  readonly tools: Readonly<Record<string, string>>;
}

/** Statements about a release: their paths. */
export interface Attestations {
  readonly sbom?: Artifact;
  readonly provenance?: Artifact;
}

/** Writes what is asked for by `attest`, in the folder of the release. */
export async function writeAttestations(plan: ReleasePlan, attesting: Attesting): Promise<Attestations> {
  const { sbom, provenance } = plan.config.attest;
  if (sbom === 'none' && !provenance) return {};
  const facts = await factsOf(plan, attesting);
  return {
    ...(sbom === 'none' ? {} : { sbom: await write(plan, attesting, [SBOM_FILES[sbom], createSbom(facts, sbom)]) }),
    ...(provenance ? { provenance: await write(plan, attesting, [PROVENANCE_FILE, createProvenance(facts)]) } : {}),
  };
}

async function factsOf(plan: ReleasePlan, { files, tools, signal }: Attesting): Promise<ReleaseFacts> {
  const { dir, medium, project, targets, type } = plan;
  const components = await findComponents(medium, dir, { type, signal });
  const source = await gitSource(medium, dir, { signal });
  const { name, version } = project;
  return { project: { name, version }, type, files, components, targets, tools, source, createdAt: releaseMoment() };
}

async function write(
  { medium }: ReleasePlan,
  { folder, signal }: Attesting,
  [name, text]: readonly [string, string],
): Promise<Artifact> {
  const path = pathBelow(folder, name);
  await medium.write(path, text, { signal });
  return checksum(medium, { path, os: '', arch: '' }, { signal });
}

/** The moment of `SOURCE_DATE_EPOCH`, where that is set. */
export function releaseMoment(): string | undefined {
  const seconds = process.env['SOURCE_DATE_EPOCH'];
  if (seconds === undefined || seconds === '') return undefined;
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}
