import type { CancelOptions } from '@core/io';

import { defaultWorkers } from '../archive/reproducible.ts';
import type { Artifact } from '../artifact.ts';
import { type BuilderConfig, reportsTools } from '../builder.ts';
import { writeChecksumFile } from '../checksum/checksum-file.ts';
import { runCommand } from '../commands.ts';
import { BuildError } from '../errors.ts';
import { type BuildEventListener, type BuildStep, timedStep } from '../events.ts';
import { MANIFEST_FILE } from '../manifest.ts';
import type { ReleaseManifest } from '../manifest-codec.ts';
import { pathBelow } from '../paths.ts';
import { sideBySide } from '../side-by-side.ts';
import { VERSION } from '../version.ts';
import { type Attestations, writeAttestations } from './attestations.ts';
import { builderConfigOf, type ReleasePlace } from './builder-config.ts';
import { digestArtifact } from './digest-artifact.ts';
import type { BuildProjectOptions, BuildProjectResult } from './options.ts';
import { otherFiles } from './other-files.ts';
import { packTargets } from './pack-targets.ts';
import type { ReleasePlan } from './plan.ts';
import { type MadeFiles, writeManifest } from './release-manifest.ts';
import { checkSigning, signChecksumFile, type Signing, signPrograms } from './sign-release.ts';
import { groupByTarget } from './target-groups.ts';
import { verifyRelease } from './verify-release.ts';

/** What a run works with. */
export interface RunParts extends ReleasePlace {
  readonly options: BuildProjectOptions;
}

/** The steps of one release, in their order. */
export class ReleaseRun {
  readonly #plan: ReleasePlan;
  readonly #parts: RunParts;
  readonly #work: BuilderConfig;
  readonly #cancel: CancelOptions;

  constructor(plan: ReleasePlan, parts: RunParts) {
    this.#plan = plan;
    this.#parts = parts;
    this.#cancel = { signal: plan.signal };
    this.#work = builderConfigOf(plan, parts);
  }

  async run(): Promise<BuildProjectResult> {
    const { staging } = this.#parts;
    await checkSigning(this.#signing);
    const artifacts = await this.#makePrograms();
    const files = await otherFiles(this.#plan, staging, artifacts);
    const archives = await this.#archive(artifacts);
    const tools = await this.#tools();
    const { sbom, provenance } = await this.#attest(archives.length > 0 ? archives : artifacts, tools);
    const attestations = [sbom, provenance].filter((file) => file !== undefined);
    const checksumFile = await this.#writeChecksums(archives, attestations);
    const signatures = await this.#signChecksums(checksumFile);
    const made = { artifacts, archives, files, attestations, signatures, checksumFile, tools };
    const manifest = await this.#finish(made);
    return {
      artifacts: artifacts.map((artifact) => this.#final(artifact)),
      archives: archives.map((archive) => this.#final(archive)),
      ...(checksumFile === undefined ? {} : { checksumFile: pathBelow(this.#plan.outputDir, checksumFile) }),
      ...(sbom === undefined ? {} : { sbomFile: this.#final(sbom).path }),
      ...(provenance === undefined ? {} : { provenanceFile: this.#final(provenance).path }),
      signatures: signatures.map((signature) => this.#final(signature)),
      manifest,
      manifestFile: pathBelow(this.#plan.outputDir, MANIFEST_FILE),
    };
  }

  get #tell(): BuildEventListener {
    return this.#parts.options.onEvent ?? (() => undefined);
  }

  #step<T>(step: BuildStep, message: string, work: () => Promise<T>): Promise<T> {
    return timedStep(step, message, this.#tell, work);
  }

  /** An artifact as it is called in the end. */
  #final(artifact: Artifact): Artifact {
    return { ...artifact, path: this.#parts.staging.finalPath(artifact.path) };
  }

  /** All that is built, with its digests. */
  async #makePrograms(): Promise<Artifact[]> {
    const { before, after } = this.#plan.config.build.hooks;
    await this.#makeOutputDir();
    await this.#runHooks('before', before);
    const { builder, targets } = this.#plan;
    const built = await builder.build(this.#work, targets, { onEvent: this.#tell, ...this.#cancel });
    await this.#runHooks('after', after);
    const artifacts = await this.#withDigests(await this.#sign(built));
    for (const artifact of artifacts) this.#tell({ type: 'artifact-built', artifact: this.#final(artifact) });
    return artifacts;
  }

  /** Scripts and hooks find the folder that they are told of. */
  async #makeOutputDir(): Promise<void> {
    const { staging, workspace } = this.#parts;
    await this.#plan.medium.ensureDir(staging.dir, this.#cancel);
    await workspace.load(staging.dir, this.#cancel);
  }

  async #runHooks(when: 'after' | 'before', lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const { service, staging, workspace } = this.#parts;
    await this.#step('hooks', `Run the hooks ${when} the build`, async () => {
      if (when === 'after') await workspace.load(staging.dir, this.#cancel);
      for (const line of lines) {
        const command = { command: line, args: [], shown: line, dir: workspace.path, env: this.#work.env, shell: true };
        await runCommand(command, { service, onEvent: this.#tell, ...this.#cancel });
      }
      await workspace.save(this.#cancel);
    });
  }

  get #signing(): Signing {
    return { plan: this.#plan, place: this.#parts, work: this.#work, onEvent: this.#tell };
  }

  #sign(built: readonly Artifact[]): Promise<readonly Artifact[]> {
    if (!this.#plan.config.sign.enabled) return Promise.resolve(built);
    return this.#step('sign', 'Sign the programs', () => signPrograms(this.#signing, built));
  }

  async #withDigests(built: readonly Artifact[]): Promise<Artifact[]> {
    const { medium } = this.#plan;
    const work = (artifact: Artifact) => digestArtifact(medium, artifact, this.#cancel);
    const { results, failure } = await sideBySide(built, defaultWorkers(), work);
    if (failure !== undefined) throw failure.error;
    return results.filter((result) => result !== undefined);
  }

  async #archive(artifacts: readonly Artifact[]): Promise<Artifact[]> {
    if (this.#parts.options.archive === false) return [];
    const groups = groupByTarget(artifacts);
    const count = `${String(groups.length)} ${groups.length === 1 ? 'archive' : 'archives'}`;
    return this.#step('archive', `Pack ${count}`, async () => {
      const archives = await packTargets(this.#plan, this.#parts.staging, groups);
      for (const archive of archives) this.#tell({ type: 'archive-written', archive: this.#final(archive) });
      return archives;
    });
  }

  async #tools(): Promise<Readonly<Record<string, string>>> {
    const { builder } = this.#plan;
    const own = { '@core/build': VERSION, zlib: process.versions.zlib };
    return { ...(reportsTools(builder) ? await builder.tools(this.#work, this.#cancel) : {}), ...own };
  }

  #attest(files: readonly Artifact[], tools: Readonly<Record<string, string>>): Promise<Attestations> {
    const { sbom, provenance } = this.#plan.config.attest;
    const attesting = { folder: this.#parts.staging.dir, files, tools, ...this.#cancel };
    if (sbom === 'none' && !provenance) return Promise.resolve({});
    return this.#step('attest', 'State what the release is made of', () => writeAttestations(this.#plan, attesting));
  }

  /** The name of the file, where one is made. */
  async #writeChecksums(archives: readonly Artifact[], attestations: readonly Artifact[]): Promise<string | undefined> {
    const { config, medium } = this.#plan;
    const { options, staging } = this.#parts;
    const { file } = config.checksum;
    if (options.checksum === false) return undefined;
    if (archives.length === 0) {
      const message = `No ${file} is made: there are no archives. ${MANIFEST_FILE} has the digests.`;
      this.#tell({ type: 'warning', message });
      return undefined;
    }
    await this.#step('checksum', `Write ${file}`, () =>
      writeChecksumFile(medium, [...archives, ...attestations], pathBelow(staging.dir, file), this.#cancel),
    );
    return file;
  }

  /** The signature, where one is made. */
  async #signChecksums(checksumFile: string | undefined): Promise<readonly Artifact[]> {
    if (!this.#plan.config.sign.enabled || checksumFile === undefined) return [];
    const path = pathBelow(this.#parts.staging.dir, checksumFile);
    return this.#step('sign', `Sign ${checksumFile}`, () => signChecksumFile(this.#signing, path));
  }

  /** Says what the release is, reads all of it back, and puts it into its place. */
  async #finish(made: MadeFiles): Promise<ReleaseManifest> {
    const { staging } = this.#parts;
    const manifest = await this.#step('manifest', `Write ${MANIFEST_FILE}`, () =>
      writeManifest(this.#plan, staging, made),
    );
    await this.#verify();
    const { outputDir } = this.#plan;
    const names = await this.#step('publish', `Put the release into ${outputDir}`, () =>
      staging.publish(manifest, this.#cancel),
    );
    this.#tell({ type: 'published', outputDir, removed: names.map((name) => pathBelow(outputDir, name)) });
    return manifest;
  }

  async #verify(): Promise<void> {
    const { medium } = this.#plan;
    const { dir } = this.#parts.staging;
    const report = await this.#step('verify', 'Read everything back', () => verifyRelease(medium, dir, this.#cancel));
    if (report.ok) return;
    throw new BuildError(`Cannot release: what was written is not what was meant: ${report.problems.join('; ')}`, {
      code: 'ERR_BUILD_RELEASE_INVALID',
      op: 'build.verify',
      path: dir,
      hint: 'Something else changed the files meanwhile, or the disk is faulty: try again.',
    });
  }
}
