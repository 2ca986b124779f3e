import { type CancelOptions, isCoreError } from '@core/io';
import { Service } from '@core/process';

import { runCommand } from '../commands.ts';
import type { BuildError } from '../errors.ts';
import type { SignerHost, SignOptions } from './signer.ts';

/** One call of a tool. */
export interface ToolCall extends SignOptions {
  readonly tool: string;
  readonly args: readonly string[];
  /** Folder on the disk that it runs in. */
  readonly dir: string;
  /** How events and errors show it, where that is not the tool with its arguments. */
  readonly shown?: string | undefined;
  /** What it reads from its stdin: the only way that a secret takes. */
  readonly input?: string | undefined;
  /** What lines of its output begin with that nobody wants to see. */
  readonly noise?: string | undefined;
}

/** Variables that are for the signers, not for the tools that they run. */
const OUR_OWN: ReadonlySet<string> = new Set(['GPG_KEY_ID', 'GPG_PASSPHRASE', 'APPLE_APP_PASSWORD']);

/** Runs the tools of a signer. Its secrets are in no environment, event or error of what it runs. */
export class Toolbox {
  readonly platform: NodeJS.Platform;
  readonly dir: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly #service: Service | undefined;
  readonly #secrets: readonly string[];

  constructor(host: SignerHost, secrets: (env: Readonly<Record<string, string | undefined>>) => readonly unknown[]) {
    this.platform = host.platform ?? process.platform;
    this.dir = host.dir ?? process.cwd();
    this.variables = host.env ?? process.env;
    this.#service = host.service;
    this.#secrets = secrets(this.variables).filter((text): text is string => typeof text === 'string' && text !== '');
  }

  /**
   * Runs a tool to its end and gives all lines that it printed.
   *
   * @throws `ERR_BUILD_TOOL_MISSING`, `ERR_BUILD_COMMAND_FAILED`
   */
  async run(call: ToolCall): Promise<string[]> {
    const { tool: command, args, dir, input, noise, signal } = call;
    const shown = call.shown ?? [command, ...args].join(' ');
    const lines: string[] = [];
    await this.#withService(async (service) => {
      const line = { command, args, shown, dir, input, env: this.#environment(), secrets: this.#secrets };
      await runCommand(line, {
        service,
        signal,
        onEvent: (event) => {
          const line = event.type === 'command-output' ? event.line : undefined;
          if (line !== undefined) lines.push(line);
          if (line === undefined || noise === undefined || !line.startsWith(noise)) call.onEvent?.(event);
        },
      });
    });
    return lines;
  }

  /** Whether a tool is there: whether it can be started at all. */
  async has(tool: string, args: readonly string[], { signal }: CancelOptions): Promise<boolean> {
    try {
      await this.run({ tool, args, dir: this.dir, signal });
      return true;
    } catch (error) {
      if (isToolFailure(error)) return error.code === 'ERR_BUILD_COMMAND_FAILED';
      throw error;
    }
  }

  /** Starts a daemon, which is to run on for itself, by a tool that ends at once; nothing where there is no such tool. */
  async launch(tool: string, args: readonly string[], { signal }: CancelOptions): Promise<void> {
    const options = { dir: this.dir, env: this.#environment(), inheritEnv: false, detached: true };
    await this.#withService(async (service) => {
      try {
        const process = await service.start(tool, [...args], options);
        await process.wait({ signal });
      } catch (error) {
        if (!isCoreError(error) || error.code !== 'ERR_PROCESS_SPAWN_FAILED') throw error;
      }
    });
  }

  async #withService<T>(work: (service: Service) => Promise<T>): Promise<T> {
    if (this.#service !== undefined) return work(this.#service);
    await using service = new Service();
    return await work(service);
  }

  #environment(): Record<string, string> {
    const entries = Object.entries(this.variables).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return Object.fromEntries(entries.filter(([name, value]) => !OUR_OWN.has(name) && !this.#isSecret(value)));
  }

  /** A very short password may be a part of anything. */
  #isSecret(value: string): boolean {
    return this.#secrets.some((secret) => value === secret || (secret.length > 5 && value.includes(secret)));
  }
}

/** Whether a tool was missing or has failed. */
export function isToolFailure(error: unknown): error is BuildError {
  return isCoreError(error) && (error.code === 'ERR_BUILD_TOOL_MISSING' || error.code === 'ERR_BUILD_COMMAND_FAILED');
}
