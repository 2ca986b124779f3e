// @ts-check
/** Reads a task file: YAML whose tasks have the keys of a `RunSpec`, and `run` for the command and its arguments. */
import { basename } from 'node:path';

import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';

/** What is wrong with a task file, with the line and the column where it is. */
export class TaskFileError extends Error {}

const FILE_KEYS = ['tasks', 'concurrency', 'resources'];
const TASK_KEYS = [
  ...['run', 'after', 'dir', 'env', 'inputs', 'outputs', 'inputEnv', 'readyWhen', 'restart'],
  ...['allowFailure', 'timeoutMs', 'retries', 'resources'],
];

/** A task file that was read, and where in it everything stands. */
export class TaskFile {
  #path;
  #lines = new LineCounter();
  #document;

  /** @param {string} path @param {string} text */
  constructor(path, text) {
    this.#path = path;
    this.#document = parseDocument(text, { lineCounter: this.#lines });
    const [error] = this.#document.errors;
    if (error !== undefined) throw this.#fault(error.pos[0], error.message.split(/ at line \d+/)[0] ?? '');
    this.#checkKeys([], FILE_KEYS);
    const names = this.#checkKeys(['tasks'], undefined);
    const { tasks, concurrency, resources } = this.#document.toJS();
    /** How the runner is made, as far as the file says so. */
    this.options = { concurrency, resources };
    /** The tasks in the order of the file. */
    this.specs = names.map((name) => this.#spec(name, tasks[name]));
  }

  /**
   * The tasks of these names with all that come before them; all of them where none is named.
   *
   * @param {readonly string[]} names
   */
  select(names) {
    if (names.length === 0) return this.specs;
    const byName = new Map(this.specs.map((spec) => [spec.name, spec]));
    const wanted = new Set(names);
    for (const name of names) {
      if (!byName.has(name))
        throw new TypeError(`There is no task ${name}; there are ${[...byName.keys()].join(', ')}`);
    }
    // a set is walked to its end, also to what is added meanwhile
    for (const name of wanted) byName.get(name)?.after?.forEach((before) => wanted.add(before));
    return this.specs.filter(({ name }) => wanted.has(name));
  }

  /**
   * What the runner refused, with the place in the file that it is about.
   *
   * @param {Error & { task?: string }} error
   */
  locate(error) {
    const [, index, key, why] = /^specs\[(\d+)\](?: \(".*?"\))?: (?:(\w+)\b)?(.*)$/su.exec(error.message) ?? [];
    const name = index === undefined ? error.task : this.specs[Number(index)]?.name;
    if (name === undefined) return error;
    const path = ['tasks', name, ...(key !== undefined && TASK_KEYS.includes(key) ? [key] : [])];
    const message = why === undefined ? error.message : `${key ?? ''}${why}`;
    return Object.assign(this.#fault(this.#offset(path), message), {
      hint: /** @type {any} */ (error).hint,
      cause: error,
    });
  }

  /** @param {string} name @param {any} task @returns {import('@core/process').RunSpec} */
  #spec(name, task) {
    this.#checkKeys(['tasks', name], TASK_KEYS);
    const { run, env, ...rest } = task;
    const [command, ...args] = this.#words(name, run);
    if (command === undefined) throw this.#fault(this.#offset(['tasks', name]), `the task ${name} has no command: run`);
    const texts = env && Object.fromEntries(Object.entries(env).map(([key, value]) => [key, String(value)]));
    return { name, command, args, ...rest, ...(texts && { env: texts }) };
  }

  /** A list of words, or a line of them, which quotes keep together. No shell has a part in it. */
  #words(/** @type {string} */ name, /** @type {unknown} */ run) {
    if (Array.isArray(run)) return run.map(String);
    if (run === undefined || run === null) return [];
    const word = /(?:[^\s"']+|"[^"]*"|'[^']*')+/g;
    const line = String(run);
    if (line.replaceAll(word, '').trim() !== '') {
      throw this.#fault(this.#offset(['tasks', name, 'run']), `a quotation mark has no end: ${line}`);
    }
    return (line.match(word) ?? []).map((text) => text.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
  }

  /** The keys of a map, each of them known. */
  #checkKeys(/** @type {string[]} */ path, /** @type {string[] | undefined} */ known) {
    const map = path.length === 0 ? this.#document.contents : this.#document.getIn(path);
    const what = path.at(-1) ?? 'the file';
    if (!isMap(map)) throw this.#fault(this.#offset(path), `${what} must have keys and values`);
    return map.items.map(({ key }) => {
      const name = String(isScalar(key) ? key.value : key);
      if (known === undefined || known.includes(name)) return name;
      const at = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
      throw this.#fault(at, `unknown key ${name} in ${what}; there are ${known.join(', ')}`);
    });
  }

  /** Where a key stands. */
  #offset(/** @type {string[]} */ path) {
    const parent = this.#document.getIn(path.slice(0, -1));
    const pair = isMap(parent) && parent.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1));
    return (pair && isScalar(pair.key) && pair.key.range?.[0]) || 0;
  }

  #fault(/** @type {number} */ offset, /** @type {string} */ message) {
    const { line, col } = this.#lines.linePos(offset);
    return new TaskFileError(`${basename(this.#path)}:${line || 1}:${col || 1}: ${message}`);
  }
}
