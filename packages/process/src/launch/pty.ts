import { ownVariables } from '../environment.ts';
import { ProcessError } from '../errors.ts';
import { checkExecutable } from './executable.ts';
import type { Launched, Launcher, LaunchPlan } from './launcher.ts';
import { PtyChild, type Terminal } from './pty-child.ts';

/** An optional peer: whoever needs terminals installs it. Not a literal in `import()`, so that no bundler looks for it. */
const LIBRARY = '@lydell/node-pty';

/** What is used of the library. */
export interface PtyLibrary {
  spawn(
    file: string,
    args: readonly string[],
    options: {
      readonly name: string;
      readonly cols: number;
      readonly rows: number;
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
      readonly encoding: null;
    },
  ): Terminal;
}

/** Starts processes in terminals of their own, from this program itself. */
export class PtyLauncher implements Launcher {
  readonly #load: () => Promise<unknown>;
  #library: PtyLibrary | undefined;

  constructor(load: () => Promise<unknown> = () => import(LIBRARY)) {
    this.#load = load;
  }

  /** Finds the library. Rejects with `ERR_PROCESS_PTY_UNAVAILABLE`. */
  async library(): Promise<PtyLibrary> {
    this.#library ??= await this.#find();
    return this.#library;
  }

  async launch(plan: LaunchPlan, onLaunched: (launched: Launched) => void): Promise<void> {
    const library = await this.library();
    const { columns: cols = 80, rows = 24, name = 'xterm-256color' } = plan.pty ?? {};
    const { file, args, dir: cwd } = plan;
    const env = ownVariables(plan.env);
    if (process.platform !== 'win32') checkExecutable({ file, args, dir: cwd, env });
    onLaunched(new PtyChild(library.spawn(file, args, { name, cols, rows, cwd, env, encoding: null })));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #find(): Promise<PtyLibrary> {
    try {
      const loaded = (await this.#load()) as PtyLibrary & { readonly default?: PtyLibrary };
      return loaded.default ?? loaded;
    } catch (cause) {
      throw new ProcessError(`Cannot start a process in a terminal: ${LIBRARY} is not there, or not for this system`, {
        code: 'ERR_PROCESS_PTY_UNAVAILABLE',
        op: 'process.start',
        hint: `Install it: npm install ${LIBRARY}`,
        cause,
      });
    }
  }
}
