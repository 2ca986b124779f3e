import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { RunEvent } from '../../../src/runner/run-event.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/live-tree.mjs', import.meta.url));
/** A program for the shell of a pane that signals its argument when the terminal has done all that came before. */
export const SETTLED: string = `'${process.execPath}' '${fileURLToPath(new URL('../fixtures/settled.mjs', import.meta.url))}'`;
const run = promisify(execFile);

/** A terminal of a given size in which the live tree is shown, under a tmux server of its own. */
export class TmuxPane {
  readonly #folder: string;
  #step = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Shows the tree of these events, step by step. */
  static async open(
    columns: number,
    rows: number,
    events: readonly RunEvent[],
    steps: readonly string[],
    shell: (command: string) => string = (command) => command,
  ): Promise<TmuxPane> {
    const folder = await mkdtemp(join(tmpdir(), 'core-tmux-'));
    const pane = new TmuxPane(folder);
    const file = join(folder, 'events.json');
    await writeFile(file, JSON.stringify(events));
    const size = ['-x', String(columns), '-y', String(rows)];
    const words = [process.execPath, FIXTURE, file, ...steps].map((word) => `'${word}'`);
    await pane.tmux('-f', '/dev/null', 'new-session', '-d', ...size, shell(words.join(' ')));
    return pane;
  }

  async tmux(...args: string[]): Promise<string> {
    const own = { TMUX: undefined, TMUX_TMPDIR: this.#folder, LC_ALL: 'C.UTF-8', NO_COLOR: '', FORCE_COLOR: undefined };
    const { stdout } = await run('tmux', ['-u', '-L', 'core', ...args], {
      env: { ...process.env, ...own },
      timeout: 100_000,
    });
    return stdout;
  }

  /** What stands in the terminal when the next step is shown, without the empty lines at its end. */
  async shown(): Promise<string[]> {
    await this.tmux('wait-for', `shown-${String(this.#step)}`);
    return this.screen();
  }

  async screen(): Promise<string[]> {
    const text = await this.tmux('capture-pane', '-p');
    return text.trimEnd().split('\n');
  }

  /** Lets the program take the next step. */
  async go(): Promise<void> {
    await this.tmux('wait-for', '-S', `go-${String(this.#step)}`);
    this.#step += 1;
  }

  async ask(format: string): Promise<string> {
    return (await this.tmux('display-message', '-p', `#{${format}}`)).trim();
  }

  async close(): Promise<void> {
    await this.tmux('kill-server');
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
