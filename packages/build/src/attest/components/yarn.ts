import { parse } from 'yaml';

import { type Component, integrityDigest } from '../component.ts';
import { purlOf } from '../purl.ts';
import { isRecord, type LockPlace, type LockReader, parsed, recordOf, stringOf, textOf } from './read-lock.ts';

/** One package of a lock file, under every range that it was asked for by. */
interface Locked {
  readonly version: string;
  readonly integrity?: string | undefined;
  readonly needs: Readonly<Record<string, unknown>>;
  /** It is a folder of the project. */
  readonly isLocal: boolean;
}

/** yarn.lock, of Yarn 1 and of later ones: what the project itself needs to run. */
export const yarnLock: LockReader = async (place) => {
  const text = await textOf(place, 'yarn.lock');
  if (text === undefined) return undefined;
  const locked = await parsed(place, 'yarn.lock', /^__metadata:/m.test(text) ? readBerry : readClassic);
  return reachable(locked ?? new Map(), await asked(place));
};

async function asked(place: LockPlace): Promise<[string, string][]> {
  const own = (await parsed(place, 'package.json', (text) => recordOf(JSON.parse(text)))) ?? {};
  return ranges({ ...recordOf(own['dependencies']), ...recordOf(own['optionalDependencies']) });
}

function ranges(needs: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(needs).map(([name, range]) => [name, stringOf(range) ?? '']);
}

function reachable(locked: ReadonlyMap<string, Locked>, roots: readonly [string, string][]): Component[] {
  const found = new Map<Locked, Component>();
  const waiting = [...roots];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [name, range] = next;
    const entry = locked.get(`${name}@${range}`) ?? locked.get(`${name}@npm:${range}`);
    if (entry === undefined || found.has(entry)) continue;
    const { version, integrity } = entry;
    const purl = purlOf({ type: 'npm', name, version });
    found.set(entry, { name, version, kind: 'library', purl, digest: integrityDigest(integrity) });
    waiting.push(...ranges(entry.needs));
  }
  return [...found].filter(([{ isLocal }]) => !isLocal).map(([, component]) => component);
}

function readBerry(text: string): Map<string, Locked> {
  const locked = new Map<string, Locked>();
  for (const [keys, entry] of Object.entries(recordOf(parse(text)))) {
    if (!isRecord(entry) || keys === '__metadata') continue;
    const version = String(entry['version']);
    const isLocal = entry['linkType'] === 'soft';
    for (const key of keys.split(', ')) locked.set(key, { version, isLocal, needs: recordOf(entry['dependencies']) });
  }
  return locked;
}

/** Blocks that begin in the first column, with keys two deep, and what a package needs four deep. */
function readClassic(text: string): Map<string, Locked> {
  const locked = new Map<string, Locked>();
  for (const block of text.split(/\n(?=\S)/)) {
    const [head = '', ...lines] = block.split('\n');
    if (!head.endsWith(':') || head.startsWith('#')) continue;
    const entry = classicEntry(lines);
    for (const key of head.slice(0, -1).split(', ')) locked.set(unquote(key), entry);
  }
  return locked;
}

function classicEntry(lines: readonly string[]): Locked {
  const own = new Map<string, string>();
  const needs: Record<string, string> = {};
  let part = '';
  for (const line of lines) {
    const [, indent = '', key = '', value = ''] = /^( +)("[^"]+"|[^\s:]+):? ?(.*)$/.exec(line) ?? [];
    if (indent.length === 2) {
      part = key;
      own.set(key, unquote(value));
    } else if (part === 'dependencies' || part === 'optionalDependencies') needs[unquote(key)] = unquote(value);
  }
  return { version: own.get('version') ?? '', integrity: own.get('integrity'), needs, isLocal: false };
}

function unquote(text: string): string {
  return text.trim().replace(/^"(.*)"$/, '$1');
}
