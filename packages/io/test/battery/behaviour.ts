import type nodeFs from 'node:fs';

/** Where a behaviour is tried: something shaped like `node:fs`, and an empty directory in it. */
export interface Stage {
  readonly fs: typeof nodeFs;
  /** The path of something in the directory; `at('')` is the directory. */
  at(path: string): string;
}

/** Something that can be seen of a file system: what the calls give, what they refuse with, and what is left. */
export interface Behaviour {
  readonly name: string;
  run(stage: Stage): Promise<unknown>;
}

export function behaviour(
  name: string,
  run: (fs: typeof nodeFs.promises, at: Stage['at'], stage: Stage) => Promise<unknown>,
): Behaviour {
  return { name, run: (stage) => run(stage.fs.promises, (path) => stage.at(path), stage) };
}

/** What a call that is expected to be refused says, to go on after it. */
export async function refusal(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ refused: describeError(error) }),
  );
}

/** All that Node's errors tell. */
export function describeError(error: unknown): unknown {
  const { name, code, errno, syscall, path, dest, message } = error as NodeJS.ErrnoException & { dest?: string };
  return { name, code, errno, syscall, path, dest, message };
}
