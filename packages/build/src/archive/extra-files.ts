/** A file that goes into an archive beside the artifact. */
export interface ExtraFile {
  /** Its path in the medium. */
  readonly path: string;
  /** Its name in the archive, with `/` between names; its last name by default. */
  readonly name?: string | undefined;
}
