import type { CancelOptions, Medium } from '@core/io';

import { given } from '../../given.ts';
import { pathBelow } from '../../paths.ts';
import { textIfThere } from '../kit/text-if-there.ts';
import { type CMakeCommand, cmakeCommands } from './cmake-language.ts';

/** What CMakeLists.txt says without being run. */
export interface CMakeFacts {
  readonly name?: string;
  readonly version?: string;
  /** Names of the files of its programs, without their endings, by the targets that make them. */
  readonly programs: ReadonlyMap<string, string>;
}

/** The recipe of a folder. */
export const CMAKE_FILE = 'CMakeLists.txt';

/** More folders than this are not looked into for programs. */
const MOST_FOLDERS = 200;

/** What begins lines that may not be run, or more than once, and what ends them. */
const BLOCK = /^(?<end>end)?(?:if|foreach|while|function|macro|block)$/;

/** What the CMakeLists.txt of a project says, with those of the folders that it adds; `undefined` where there is none. */
export async function readCMakeFacts(
  medium: Medium,
  dir: string,
  options: CancelOptions = {},
): Promise<CMakeFacts | undefined> {
  const reader = new FactReader(medium, options);
  return (await reader.read(dir)) ? reader.facts : undefined;
}

/** Goes through the calls in their order; what depends on a condition, or on a variable it does not know, is unknown. */
class FactReader {
  readonly #medium: Medium;
  readonly #options: CancelOptions;
  readonly #variables = new Map<string, string>();
  readonly #programs = new Map<string, string>();
  readonly #seen = new Set<string>();
  #name: string | undefined;
  #version: string | undefined;

  constructor(medium: Medium, options: CancelOptions) {
    this.#medium = medium;
    this.#options = options;
  }

  get facts(): CMakeFacts {
    return { ...given({ name: this.#name, version: this.#version }), programs: this.#programs };
  }

  /** Whether there is a CMakeLists.txt. */
  async read(dir: string): Promise<boolean> {
    const text = await textIfThere(this.#medium, pathBelow(dir, CMAKE_FILE), this.#options);
    if (text === undefined) return false;
    let depth = 0;
    for (const command of cmakeCommands(text)) {
      const block = BLOCK.exec(command.name);
      if (block !== null) depth += block.groups?.['end'] === undefined ? 1 : -1;
      else if (command.name === 'add_subdirectory') await this.#enter(dir, this.#text(command.args[0]));
      else this.#note(command, depth > 0);
    }
    return true;
  }

  async #enter(dir: string, folder: string | undefined): Promise<void> {
    if (folder === undefined || /^\/|^[A-Za-z]:|(?:^|\/)\.\.(?:\/|$)/.test(folder)) return;
    const path = pathBelow(dir, folder);
    if (this.#seen.has(path) || this.#seen.size >= MOST_FOLDERS) return;
    this.#seen.add(path);
    await this.read(path);
  }

  #note({ name, args }: CMakeCommand, uncertain: boolean): void {
    if (name === 'set') this.#set(args, uncertain);
    else if (name === 'project' && !uncertain) this.#project(args);
    else if (name === 'add_executable') this.#program(args);
    else if (name === 'set_target_properties') this.#properties(args);
  }

  #set([variable = '', value, ...more]: readonly string[], uncertain: boolean): void {
    const text = uncertain || (more.length > 0 && more[0] !== 'CACHE') ? undefined : this.#text(value);
    if (text === undefined) this.#variables.delete(variable);
    else this.#variables.set(variable, text);
  }

  /** The first names the whole; those of folders that are added have their own names. */
  #project([name, ...args]: readonly string[]): void {
    const text = this.#text(name);
    const at = args.indexOf('VERSION');
    const version = at < 0 ? undefined : this.#text(args[at + 1]);
    if (this.#name === undefined) {
      this.#name = text;
      this.#version = version !== undefined && /^\d+(?:\.\d+){0,3}$/.test(version) ? version : undefined;
      if (text !== undefined) this.#variables.set('CMAKE_PROJECT_NAME', text);
    }
    if (text !== undefined) this.#variables.set('PROJECT_NAME', text);
    if (version !== undefined) this.#variables.set('PROJECT_VERSION', version);
  }

  #program([target, kind]: readonly string[]): void {
    const name = this.#text(target);
    if (name === undefined || kind === 'ALIAS' || kind === 'IMPORTED' || kind === 'EXCLUDE_FROM_ALL') return;
    this.#programs.set(name, name);
  }

  #properties(args: readonly string[]): void {
    const start = args.indexOf('PROPERTIES');
    const at = args.indexOf('OUTPUT_NAME', start);
    const output = start < 0 || at < 0 ? undefined : this.#text(args[at + 1]);
    if (output === undefined) return;
    for (const target of args.slice(0, start)) {
      const name = this.#text(target);
      if (name !== undefined && this.#programs.has(name)) this.#programs.set(name, output);
    }
  }

  /** A text with its variables; `undefined` where one is not known. */
  #text(text: string | undefined): string | undefined {
    const filled = text?.replace(/\$\{([\w.-]+)\}/g, (whole, name: string) => this.#variables.get(name) ?? whole);
    return filled === undefined || filled === '' || filled.includes('$') ? undefined : filled;
  }
}
