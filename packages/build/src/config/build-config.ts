import type { ArchiveFormat } from '../archive/format.ts';
import type { Target } from '../target.ts';

/** What `.core/build.yaml` says, with the defaults where it says nothing. */
export interface BuildConfig {
  /** Of the format of the file. */
  readonly version: 1;
  readonly project: ProjectSettings;
  readonly build: BuildSettings;
  readonly targets: readonly Target[];
  readonly node: NodeSettings;
  readonly docker: DockerSettings;
  readonly linuxkit: LinuxKitSettings;
  readonly archive: ArchiveSettings;
  readonly checksum: ChecksumSettings;
  readonly attest: AttestSettings;
  readonly sign: SignSettings;
}

/** What is built. What is not said is taken from the project's own files. */
export interface ProjectSettings {
  readonly name?: string;
  readonly description?: string;
  /** The entry: a Go package, a Node program. `.` leaves it to the project's own files. */
  readonly main: string;
  /** Name of the program that is made. */
  readonly binary?: string;
  readonly version?: string;
}

/** How it is built. */
export interface BuildSettings {
  readonly cgo: boolean;
  readonly flags: readonly string[];
  readonly ldflags: readonly string[];
  /** `KEY=value`, for every command. */
  readonly env: readonly string[];
  readonly hooks: BuildHooks;
}

/** Shell lines that are run in the project's folder, one after the other. */
export interface BuildHooks {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What a Node program becomes. */
export interface NodeSettings {
  /** `executable`: one file with Node inside, for each target; `script`: one script that needs a Node. */
  readonly output: 'executable' | 'script';
  /** The Node that goes into executables: `22`, `22.14` or `22.14.0`; that of this process where it is not said. */
  readonly version?: string;
}

/** What an image is made of, and where it goes. */
export interface DockerSettings {
  /** The recipe, from the project's folder; the first of Dockerfile and Containerfile where it is not said. */
  readonly file?: string;
  /** Name of the image, with its registry where it has one; the name of the project where it is not said. */
  readonly image?: string;
  /** Templates, as those of archive names. */
  readonly tags: readonly string[];
  /** For `ARG`: `KEY=value`, or `KEY` alone for its value in the environment. */
  readonly args: readonly string[];
  /** What is made for each target: an OCI layout or what `docker load` reads, each as one tar. */
  readonly output: 'docker' | 'oci';
  /** Hand the images to the local store of the tool, too. */
  readonly load: boolean;
  /** Send the images to their registry, too. */
  readonly push: boolean;
}

/** Which machine images are made. */
export interface LinuxKitSettings {
  /** The recipe, from the project's folder; the one that was detected where it is not said. */
  readonly file?: string;
  /** In the words of `linuxkit build -format`. */
  readonly formats: readonly string[];
}

/** How the files of a target are packed. */
export interface ArchiveSettings {
  /** windows always gets a zip. */
  readonly format: ArchiveFormat;
  /** Patterns of files that go into every archive; without it what the project has of README*, LICENSE*, LICENCE*, CHANGELOG*. */
  readonly files?: readonly string[];
  /** Put everything into one folder named after the archive. */
  readonly wrap: boolean;
  /** Name without its extension. */
  readonly name: string;
}

/** The file of checksums. */
export interface ChecksumSettings {
  readonly file: string;
  readonly algorithm: 'sha256';
}

/** What is said of a release to those who check it. */
export interface AttestSettings {
  /** The list of what it is made of, in this format; `none` makes none. */
  readonly sbom: 'cyclonedx' | 'none' | 'spdx';
  /** A statement of how it was made, with the digest of every archive. */
  readonly provenance: boolean;
}

/** Who signs; a text that comes to nothing is absent. */
export interface SignSettings {
  readonly enabled: boolean;
  readonly gpg: { readonly key?: string };
  readonly macos: MacOsSignSettings;
  readonly windows: { readonly certificate?: string; readonly password?: string };
}

/** For codesign and notarytool. */
export interface MacOsSignSettings {
  readonly identity?: string;
  readonly notarize: boolean;
  readonly appleId?: string;
  readonly teamId?: string;
  readonly appPassword?: string;
}
