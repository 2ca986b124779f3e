import { type CancelOptions, normalizePath } from '@core/io';

import { archiveAllWithFormat } from '../archive/archive-all.ts';
import { defaultWorkers } from '../archive/reproducible.ts';
import type { Artifact } from '../artifact.ts';
import { type BuilderConfig, reportsTools } from '../builder.ts';
import { checksum } from '../checksum/checksum.ts';
import { writeChecksumFile } from '../checksum/checksum-file.ts';
import { runCommand } from '../commands.ts';
import { renderName } from '../config/name-template.ts';
import { BuildError } from '../errors.ts';
import { type BuildEventListener, type BuildStep, timedStep } from '../events.ts';
import { MANIFEST_FILE, manifestArtifact, manifestFile, pathsOf } from '../manifest.ts';
import { decodeManifest, encodeManifest, type ManifestFile, type ReleaseManifest } from '../manifest-codec.ts';
import { pathBelow } from '../paths.ts';
import { sideBySide } from '../side-by-side.ts';
import { VERSION } from '../version.ts';
import { type Attestations, releaseMoment, writeAttestations } from './attestations.ts';
import { builderConfigOf, type ReleasePlace } from './builder-config.ts';
import { digestArtifact } from './digest-artifact.ts';
import { findExtraFiles } from './extra-files.ts';
import type { BuildProjectOptions, BuildProjectResult } from './options.ts';
import type { ReleasePlan } from './plan.ts';
import { readOwnManifest } from './staging.ts';
import { companions, groupByTarget } from './target-groups.ts';
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
    const { options } = this.#parts;
    const { before, after } = this.#plan.config.build.hooks;
    await this.#makeOutputDir();
    await this.#runHooks('before', before);
    const built = await this.#build();
    await this.#runHooks('after', after);
    const artifacts = await this.#withDigests(built);
    for (const artifact of artifacts) this.#tell({ type: 'artifact-built', artifact: this.#final(artifact) });
    const files = await this.#otherFiles(artifacts);
    const archives = options.archive === false ? [] : await this.#archive(artifacts);
    const tools = await this.#tools();
    const { sbom, provenance } = await this.#attest(archives.length > 0 ? archives : artifacts, tools);
    const attestations = [sbom, provenance].filter((file) => file !== undefined);
    const checksumFile = await this.#writeChecksums(archives, attestations);
    const manifest = await this.#writeManifest({ artifacts, archives, files, attestations, checksumFile, tools });
    await this.#verify();
    await this.#publish(manifest);
    const { outputDir } = this.#plan;
    return {
      artifacts: artifacts.map((artifact) => this.#final(artifact)),
      archives: archives.map((archive) => this.#final(archive)),
      ...(checksumFile === undefined ? {} : { checksumFile: pathBelow(outputDir, checksumFile) }),
      ...(sbom === undefined ? {} : { sbomFile: this.#final(sbom).path }),
      ...(provenance === undefined ? {} : { provenanceFile: this.#final(provenance).path }),
      signatures: [],
      manifest,
      manifestFile: pathBelow(outputDir, MANIFEST_FILE),
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

  #build(): Promise<Artifact[]> {
    const { builder, targets } = this.#plan;
    return builder.build(this.#work, targets, { onEvent: this.#tell, ...this.#cancel });
  }

  async #withDigests(built: readonly Artifact[]): Promise<Artifact[]> {
    const { medium } = this.#plan;
    const work = (artifact: Artifact) => digestArtifact(medium, artifact, this.#cancel);
    const { results, failure } = await sideBySide(built, defaultWorkers(), work);
    if (failure !== undefined) throw failure.error;
    return results.filter((result) => result !== undefined);
  }

  /** What hooks and scripts have put into the folder of the release. */
  async #otherFiles(artifacts: readonly Artifact[]): Promise<ManifestFile[]> {
    const { medium } = this.#plan;
    const { staging } = this.#parts;
    const known = new Set(artifacts.map(({ path }) => normalizePath(path)));
    const bundles = artifacts.filter(({ kind }) => kind === 'bundle').map(({ path }) => `${normalizePath(path)}/`);
    const files: ManifestFile[] = [];
    for await (const { kind, path } of medium.walk(staging.dir, this.#cancel)) {
      if (kind !== 'file' || known.has(normalizePath(path))) continue;
      if (bundles.some((bundle) => normalizePath(path).startsWith(bundle))) continue;
      const { size = 0, checksum: sha256 = '' } = await checksum(medium, { path, os: '', arch: '' }, this.#cancel);
      files.push({ path: staging.nameOf(path), size, sha256 });
    }
    return files;
  }

  async #archive(artifacts: readonly Artifact[]): Promise<Artifact[]> {
    const { config, medium, project } = this.#plan;
    const { format, name, wrap } = config.archive;
    const { name: Name, version: Version, binary: Binary } = project;
    const groups = new Map(groupByTarget(artifacts).map((group) => [group.main, group]));
    const count = `${String(groups.size)} ${groups.size === 1 ? 'archive' : 'archives'}`;
    return this.#step('archive', `Pack ${count}`, async () => {
      const extra = await this.#extraFiles();
      const archives = await archiveAllWithFormat(medium, [...groups.keys()], format, {
        files: (main) => [...companions(groups.get(main)), ...extra],
        wrap,
        name: ({ os, arch }) => renderName(name, { Binary, Name, Version, OS: os, Arch: arch }),
        ...this.#cancel,
      });
      for (const archive of archives) this.#tell({ type: 'archive-written', archive: this.#final(archive) });
      return archives;
    });
  }

  async #extraFiles(): Promise<{ path: string; name?: string | undefined }[]> {
    const { config, dir, medium, outputDir } = this.#plan;
    const old = await readOwnManifest(medium, outputDir, this.#cancel);
    const ours = new Set(
      (old === undefined ? [] : pathsOf(old)).map((name) => normalizePath(pathBelow(outputDir, name))),
    );
    const staged = `${normalizePath(this.#parts.staging.dir)}/`;
    const isOurs = (path: string) => ours.has(path) || path.startsWith(staged);
    return findExtraFiles(medium, dir, { patterns: config.archive.files, isOurs, ...this.#cancel });
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
      this.#tell({
        type: 'warning',
        message: `No ${file} is made: there are no archives. ${MANIFEST_FILE} has the digests.`,
      });
      return undefined;
    }
    await this.#step('checksum', `Write ${file}`, () =>
      writeChecksumFile(medium, [...archives, ...attestations], pathBelow(staging.dir, file), this.#cancel),
    );
    return file;
  }

  async #writeManifest(made: {
    readonly artifacts: readonly Artifact[];
    readonly archives: readonly Artifact[];
    readonly files: readonly ManifestFile[];
    readonly attestations: readonly Artifact[];
    readonly checksumFile: string | undefined;
    readonly tools: Readonly<Record<string, string>>;
  }): Promise<ReleaseManifest> {
    const { medium, project, type } = this.#plan;
    const { staging } = this.#parts;
    const { files, checksumFile, tools } = made;
    const createdAt = releaseMoment();
    const inManifest = (artifact: Artifact) => manifestArtifact(artifact, staging.nameOf(artifact.path));
    const text = encodeManifest({
      project: { name: project.name, version: project.version, type },
      ...(createdAt === undefined ? {} : { createdAt }),
      artifacts: made.artifacts.map(inManifest),
      archives: made.archives.map(inManifest),
      files,
      attestations: made.attestations.map((file) => manifestFile(file, staging.nameOf(file.path))),
      ...(checksumFile === undefined ? {} : { checksumFile }),
      signatures: [],
      tools,
    });
    const path = pathBelow(staging.dir, MANIFEST_FILE);
    await this.#step('manifest', `Write ${MANIFEST_FILE}`, () => medium.write(path, text, this.#cancel));
    return decodeManifest(text, path);
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

  async #publish(manifest: ReleaseManifest): Promise<void> {
    const { outputDir } = this.#plan;
    const names = await this.#step('publish', `Put the release into ${outputDir}`, () =>
      this.#parts.staging.publish(manifest, this.#cancel),
    );
    const removed = names.map((name) => pathBelow(outputDir, name));
    this.#tell({ type: 'published', outputDir, removed });
  }
}
