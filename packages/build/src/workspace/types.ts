import type { CancelOptions, Medium } from '@core/io';

/** A folder on the disk that stands for one of a medium, so that commands can run in it. Closing it twice is fine. */
export interface Workspace extends AsyncDisposable {
  /** Absolute path of the project's folder. */
  readonly path: string;
  /** Absolute path that the project's folder has where it is not a copy: what paths in results are relative to. */
  readonly origin: string;
  /** Whether the folder is the medium's own: what a command writes is in the medium at once. */
  readonly inPlace: boolean;
  /** Where on the disk a path of the medium is. */
  locate(path: string): string;
  /** Brings a folder of the medium here, so that commands see what was written through the medium. */
  load(path: string, options?: CancelOptions): Promise<void>;
  /** Brings what commands changed back into the medium, except in `node_modules`. */
  save(options?: CancelOptions): Promise<void>;
  close(): Promise<void>;
}

/** Around what a copy is made. */
export interface OpenWorkspaceOptions extends CancelOptions {
  /** Where the medium is a layer over one on the disk: that one. Its monorepo is then around the copy, as links. */
  readonly origin?: Medium | undefined;
}
