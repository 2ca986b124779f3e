import type { Artifact } from '../artifact.ts';
import type { SignerHost, SignOptions } from './signer.ts';

/** How a whole release is signed. */
export interface SigningOptions extends SignOptions, SignerHost {}

/** What was not signed, since nobody has set it up: no failure, but nothing to keep quiet about. */
export interface Skipped {
  /** `gpg`, `macos`, `windows`, … */
  readonly signer: string;
  /** One sentence. */
  readonly reason: string;
  readonly paths: readonly string[];
}

/** What became of programs that were to be signed. */
export interface SigningReport {
  /** All artifacts in their order; those that were signed have the size and checksum that they have now. */
  readonly artifacts: readonly Artifact[];
  readonly skipped: readonly Skipped[];
}

/** What became of files that were to get signatures beside them. */
export interface SignaturesReport {
  /** In the order of the files. */
  readonly signatures: readonly Artifact[];
  readonly skipped: readonly Skipped[];
}

/** Tells of what is skipped, each as a warning that begins with what was not done. */
export function tellSkipped(notDone: string, skipped: readonly Skipped[], { onEvent }: SignOptions): void {
  for (const { reason, paths } of skipped) {
    onEvent?.({ type: 'warning', message: `${notDone}: ${paths.join(', ')}: ${reason}` });
  }
}
