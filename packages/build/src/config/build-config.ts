import type { ArchiveFormat } from '../archive/format.ts';
import type { Target } from '../target.ts';

/** What `.core/build.yaml` says, with the defaults where it says nothing. */
export interface BuildConfig {
  /** Of the format of the file. */
  readonly version: 1;
  readonly project: ProjectSettings;
  readonly build: BuildSettings;
  readonly targets: readonly Target[];
  readonly archive: ArchiveSettings;
  readonly checksum: ChecksumSettings;
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
