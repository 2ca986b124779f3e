import type { Target } from './target.ts';

/** What an artifact is. `binary` is what a builder made; `bundle` a macOS `.app` directory. */
export type ArtifactKind = 'archive' | 'binary' | 'bundle' | 'checksums' | 'image' | 'manifest' | 'signature';

/** One file of a release (or one `.app` bundle), made for one target. */
export interface Artifact extends Target {
  /** Its path in the medium that it was made in. */
  readonly path: string;
  /** SHA-256 of its content, lower-case hex. */
  readonly checksum?: string | undefined;
  /** In bytes. */
  readonly size?: number | undefined;
  readonly kind?: ArtifactKind | undefined;
}
