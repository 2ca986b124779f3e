import type { HealthServer } from './health-server.ts';
import type { PidFile } from './pid-file.ts';
import type { Registry } from './registry.ts';
import type { DaemonEntry } from './daemon-entry.ts';

/** What a daemon has of this machine while it runs. */
export interface DaemonPartsOptions {
  readonly pidFile: PidFile;
  readonly health: HealthServer | undefined;
  readonly registry: Registry;
  readonly entry: Pick<DaemonEntry, 'binary' | 'code' | 'daemon' | 'project'>;
}

const NEVER_MS = 2_147_483_647;

/** The parts of a daemon: taken in order, and given back in reverse. */
export class DaemonParts {
  readonly #options: DaemonPartsOptions;
  readonly #undo: (() => unknown)[] = [];

  constructor(options: DaemonPartsOptions) {
    this.#options = options;
  }

  /** Takes them all; where one cannot be had, or the signal is aborted, those before it are still to be given back. */
  async take(signal: AbortSignal): Promise<void> {
    const { pidFile, health, registry, entry } = this.#options;
    const holding = setInterval(() => undefined, NEVER_MS); // as a health server would hold the program up
    this.#undo.push(() => {
      clearInterval(holding);
    });
    await pidFile.acquire({ signal });
    this.#undo.push(() => pidFile.release());
    if (health !== undefined) {
      this.#undo.push(() => health.close());
      await health.start();
    }
    await registry.register({ ...entry, health: health?.url }, { signal });
    this.#undo.push(() => registry.unregister(entry.code, entry.daemon, { pid: process.pid }));
    signal.throwIfAborted();
  }

  /** Gives back what was taken: what went wrong; never rejects. */
  async giveBack(): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (const undo of this.#undo.splice(0).toReversed()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }
}
