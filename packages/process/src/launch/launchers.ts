import type { LauncherName } from '../options.ts';
import { DirectLauncher } from './direct.ts';
import type { Launched, Launcher, LaunchPlan } from './launcher.ts';
import { PtyLauncher } from './pty.ts';
import { Warden } from './warden.ts';

/** The launcher of a service: each start goes to the one that can do it. */
export class Launchers implements Launcher {
  readonly #usual: Launcher;
  readonly #pty = new PtyLauncher();

  /** `mark`: for processes that belong to the launcher itself. */
  constructor(name: LauncherName, mark: string) {
    this.#usual = name === 'warden' ? new Warden(mark) : new DirectLauncher();
  }

  /** To be awaited before a start in a terminal. Rejects with `ERR_PROCESS_PTY_UNAVAILABLE`. */
  async ptyReady(): Promise<void> {
    await this.#pty.library();
  }

  launch(plan: LaunchPlan, onLaunched: (launched: Launched) => void): Promise<void> {
    return (plan.pty === undefined ? this.#usual : this.#pty).launch(plan, onLaunched);
  }

  close(): Promise<void> {
    return this.#usual.close();
  }
}
