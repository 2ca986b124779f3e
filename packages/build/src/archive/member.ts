/** One thing that will go into an archive, and where it is now. */
export interface Member {
  /** Its name in the archive. */
  readonly name: string;
  readonly kind: 'dir' | 'file' | 'symlink';
  /** Its path in the medium. */
  readonly path: string;
  /** In bytes; 0 unless it is a file. */
  readonly size: number;
  readonly executable: boolean;
  /** What a link says; `''` for anything else. */
  readonly target: string;
}
