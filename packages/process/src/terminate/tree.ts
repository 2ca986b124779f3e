/** A process that this program started, as the root of all that came of it. */
export interface TreeRoot {
  readonly pid: number;
  /** Its pid is also the number of a process group of its own. */
  readonly hasGroup: boolean;
  /** It has exited, so that its pid may be given to another process. */
  isOver(): boolean;
}

/** Which processes belong together. */
export interface TreeOptions {
  readonly roots: readonly TreeRoot[];
  /** The mark, or the beginning of the marks, that they have in their environment. */
  readonly mark: string;
}

/** A process and all that it started, and all that these started. */
export interface Tree {
  /** Sends a signal to every member. */
  signal(killSignal: NodeJS.Signals): Promise<void>;
  /** Whether a member that is known is alive; cheap enough to be asked often. */
  isAlive(): boolean;
  /** Looks for members that are not known yet, and sends them the signal; says whether there are any. */
  signalNewcomers(killSignal: NodeJS.Signals): Promise<boolean>;
}
