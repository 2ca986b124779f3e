import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, readdirSync, watch, writeFileSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

import { afterEach, describe, expect } from '@jest/globals';

import { type DirEntry, DiskMedium, type EscapeAttempt, isCoreError, type Medium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { newFolder, removeFolders } from './support/disks.ts';

afterEach(removeFolders);

/** Content, size and a name that only the outside has. */
const SECRET = 'OUTSIDE'.repeat(20_000);
const CANARY = 'canary';
/** What makes an attack count. */
const SWAPS = 10_000;
const ROUNDS = 60;
const TIMEOUT_MS = 300_000;

/** What the attacker swaps, and what it leads outside by that. */
interface Target {
  readonly path: string;
  readonly dir: string;
  readonly file: string;
  /** What the link says that it is swapped against. */
  readonly says: (outside: string) => string;
  readonly content: string | Record<string, string>;
}

const INSIDE = { 'f.txt': 'inside', 'b/f.txt': 'inside', 'sub/g.txt': 'inside' };
const TARGETS: readonly Target[] = [
  { path: 'dir/b', dir: 'dir/b', file: 'dir/b/f.txt', says: (outside) => outside, content: INSIDE },
  { path: 'parent', dir: 'parent/b', file: 'parent/b/f.txt', says: () => '../outside', content: INSIDE },
  { path: 'files/f.txt', dir: 'files', file: 'files/f.txt', says: () => '../../outside/f.txt', content: 'inside' },
];

/** An operation tells what it saw. */
type Operation = (medium: Medium, target: Target, turn: number) => Promise<unknown>;

const KEEPING: Record<string, Operation> = {
  read: (medium, { file }) => medium.read(file),
  open: (medium, { file }) => lookInto(medium, file),
  'open of many': async (medium, { file, dir }) => {
    const walker = {};
    return [
      await lookInto(medium, 'parent/b/f.txt', walker),
      await lookInto(medium, file, walker),
      await medium.list(dir),
    ];
  },
  readStream: (medium, { file }) => text(medium.readStream(file)),
  stat: async (medium, { file }) => (await medium.stat(file)).size,
  exists: (medium, { dir }) => medium.exists(`${dir}/${CANARY}`),
  list: (medium, { dir }) => medium.list(dir),
  walk: (medium, { path }) => collect(medium.walk(path.split('/')[0] ?? '', { follow: true })),
  realPath: (medium, { file }) => medium.realPath(file),
  append: (medium, { file }) => medium.append(file, 'more'),
  appendStream: (medium, { file }) => finish(medium.appendStream(file)),
  ensureDir: (medium, { dir }, turn) => medium.ensureDir(`${dir}/made-${String(turn % 5)}/below`),
  symlink: (medium, { dir }, turn) => medium.symlink('f.txt', `${dir}/link-${String(turn)}`),
  chmod: (medium, { file }) => medium.chmod(file, 0o600),
  utimes: (medium, { file }) => medium.utimes(file, new Date(0), new Date(0)),
  lock: async (medium, { file }) => {
    const lock = await medium.lock(file, { timeoutMs: 1000 });
    await lock.close();
  },
};

const REPLACING: Record<string, Operation> = {
  write: (medium, { file }, turn) => medium.write(file, `inside ${String(turn)}`),
  'write of a new file': (medium, { dir }, turn) => medium.write(`${dir}/new-${String(turn % 5)}`, 'inside'),
  'exclusive write': (medium, { dir }, turn) =>
    medium.write(`${dir}/own-${String(turn)}`, 'inside', { exclusive: true, durable: turn % 10 === 0 }),
  writeStream: (medium, { file }) => finish(medium.writeStream(file)),
  'rename of a file': (medium, { file, dir }, turn) => medium.rename(file, `${dir}/moved-${String(turn % 5)}`),
  'rename of the canary': (medium, { dir }) => medium.rename(`${dir}/${CANARY}`, `${dir}/moved`),
  'rename over the target': async (medium, { path }, turn) => {
    await medium.write(`source-${String(turn)}`, 'inside');
    await medium.rename(`source-${String(turn)}`, path);
  },
};

const REMOVING: Record<string, Operation> = {
  read: (medium, { file }) => medium.read(file),
  list: (medium, { dir }) => medium.list(dir),
  delete: (medium, { file }) => medium.delete(file),
  'delete of the canary': (medium, { dir }) => medium.delete(`${dir}/${CANARY}`),
  deleteAll: (medium, { dir }) => medium.deleteAll(`${dir}/sub`),
  'deleteAll of the target': (medium, { path }, turn) => medium.deleteAll(turn % 10 === 0 ? path : 'missing'),
  'deleteAll of the canary': (medium, { dir }) => medium.deleteAll(`${dir}/${CANARY}`),
};

async function lookInto(medium: Medium, path: string, walker?: object): Promise<unknown> {
  await using handle = await medium.open(path, { walker });
  const buffer = Buffer.alloc(100);
  await handle.read(buffer, 0, buffer.length, 0);
  return [buffer.toString(), (await handle.stat()).size];
}

async function collect(entries: AsyncIterable<DirEntry>): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of entries) paths.push(path);
  return paths;
}

function finish(stream: ReturnType<Medium['writeStream']>): Promise<unknown> {
  stream.end('inside');
  return finished(stream);
}

/** An attack on one root, and what came of it. */
class Attack {
  readonly root: string;
  readonly outside: string;
  readonly medium: DiskMedium;
  readonly escapes: string[] = [];
  readonly codes = new Set<string>();
  readonly attempts: EscapeAttempt[] = [];
  swaps = 0;
  /** By target: how often the control, which checks a path and then uses it, was led outside. */
  readonly controlEscapes = new Map<string, number>();
  readonly #before: string;

  constructor(folder: string) {
    this.root = `${folder}/root`;
    this.outside = `${folder}/outside`;
    for (const dir of [this.root, `${this.outside}/b`, `${this.outside}/sub`]) mkdirSync(dir, { recursive: true });
    for (const file of ['f.txt', CANARY, `b/f.txt`, `b/${CANARY}`, 'sub/g.txt']) {
      writeFileSync(`${this.outside}/${file}`, SECRET);
    }
    this.#before = picture(this.outside);
    this.medium = new DiskMedium({ root: this.root, onEscape: (attempt) => this.attempts.push(attempt) });
  }

  async run(operations: Record<string, Operation>): Promise<void> {
    const attacker = await this.#startAttacker();
    try {
      for (let turn = 0; turn < ROUNDS || !this.#counts(); turn += 1) {
        for (const target of TARGETS) {
          await Promise.all([
            this.#control(target),
            this.#control(target),
            this.#control(target),
            ...Object.entries(operations).map(([name, operation]) =>
              this.#attempt(name, () => operation(this.medium, target, turn)),
            ),
          ]);
        }
      }
    } finally {
      const exit = once(attacker, 'exit');
      attacker.kill('SIGKILL');
      await exit;
      await this.medium.close();
    }
  }

  get isOutsideUntouched(): boolean {
    return picture(this.outside) === this.#before;
  }

  /** It goes on until enough was swapped, the control was led outside by each target, and an attempt was told. */
  #counts(): boolean {
    if (this.swaps < SWAPS || TARGETS.some(({ path }) => !this.controlEscapes.has(path))) return false;
    return this.attempts.some(({ path, link }) => link === 'dir/b' && path.startsWith('dir/b/'));
  }

  async #startAttacker(): Promise<ChildProcess> {
    const targets = TARGETS.map(({ path, says, content }, at) => ({
      path: `${this.root}/${path}`,
      stash: `${this.root}-stash/${String(at)}`,
      says: says(this.outside),
      content,
    }));
    const attacker = fork(fileURLToPath(new URL('fixtures/attacker.mjs', import.meta.url)), [JSON.stringify(targets)], {
      execArgv: [],
    });
    attacker.on('message', ({ swaps }: { swaps: number }) => {
      this.swaps = swaps;
    });
    await once(attacker, 'message');
    return attacker;
  }

  async #attempt(name: string, operation: () => Promise<unknown>): Promise<void> {
    try {
      const seen = await operation();
      if (seen === true || seen === SECRET.length || this.#isOfOutside(seen)) this.escapes.push(name);
    } catch (error) {
      if (!isCoreError(error)) throw error;
      this.codes.add(error.code);
    }
  }

  #isOfOutside(seen: unknown): boolean {
    const told = JSON.stringify([seen]);
    return ['OUTSIDE', CANARY, String(SECRET.length), this.outside].some((sign) => told.includes(sign));
  }

  /** What a careful program does without descriptors: the real path is inside, so it is opened. */
  async #control({ path, file }: Target): Promise<void> {
    try {
      const real = await realpath(`${this.root}/${file}`);
      if (!real.startsWith(`${this.root}/`)) return;
      const content = await readFile(`${this.root}/${file}`, 'utf8');
      if (content.includes('OUTSIDE')) this.controlEscapes.set(path, (this.controlEscapes.get(path) ?? 0) + 1);
    } catch {
      // refused, or in the middle of a swap
    }
  }
}

/** Everything of a tree that an operation could change. */
function picture(folder: string): string {
  const lines = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { mode, mtimeMs, ctimeMs, ino } = lstatSync(`${folder}/${name}`);
      return [name, mode, mtimeMs, ctimeMs, ino].join(' ');
    });
  return lines.join('\n');
}

/** What an operation may be refused with when a name is another thing at every moment. */
const ORDINARY = [
  ...['ENOENT', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENOTEMPTY', 'EBUSY'],
  ...['ERR_PATH_ESCAPES_ROOT', 'ERR_LOCK_TIMEOUT', 'ERR_LOCK_LOST'],
];

describe('Ugly: DiskMedium under attack', () => {
  const groups = Object.entries({ 'reads and adds': KEEPING, 'moves and replaces': REPLACING, removes: REMOVING });
  for (const [what, operations] of groups) {
    const title = `does not leave its root while it ${what} and a process swaps what it works on`;
    const test = async (): Promise<void> => {
      watch('/').close(); // libuv keeps a descriptor from the first watch on
      const open = readdirSync('/proc/self/fd').length;
      const attack = new Attack(newFolder());
      await attack.run(operations);
      expect(attack.escapes).toEqual([]);
      expect(attack.isOutsideUntouched).toBe(true);
      expect([...attack.codes].filter((code) => !ORDINARY.includes(code))).toEqual([]);
      expect(attack.attempts.map(({ root, op, path, link, target }) => [root, op, path, link, target])).toContainEqual([
        attack.root,
        expect.any(String),
        expect.stringContaining('dir/b/'),
        'dir/b',
        attack.outside,
      ]);
      expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(open);
    };
    needs('linux')(title, test, TIMEOUT_MS);
  }
});
