import { parse } from 'yaml';

import { type Component, integrityDigest } from '../component.ts';
import { purlOf } from '../purl.ts';
import { type LockReader, parsed, recordOf, stringOf } from './read-lock.ts';

type Lock = Readonly<Record<string, unknown>>;

/** pnpm-lock.yaml, formats 6 and 9 (https://github.com/pnpm/spec/tree/master/lockfile): what the project itself needs to run. */
export const pnpmLock: LockReader = async (place) => {
  const lock = await parsed(place, 'pnpm-lock.yaml', (text) => recordOf(parse(text, { maxAliasCount: 0 })));
  if (lock === undefined) return undefined;
  const found = new Map<string, Component>();
  const waiting = rootsOf(lock);
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    if (found.has(key)) continue;
    const component = componentOf(lock, key);
    if (component === undefined) continue;
    found.set(key, component);
    waiting.push(...needsOf(lock, key));
  }
  return [...new Map([...found.values()].map((component) => [component.purl, component])).values()];
};

const KINDS = ['dependencies', 'optionalDependencies'] as const;

function rootsOf(lock: Lock): string[] {
  const project = recordOf(recordOf(lock['importers'])['.'] ?? lock);
  return KINDS.flatMap((kind) =>
    Object.entries(recordOf(project[kind])).map(([name, entry]) =>
      keyOf(name, stringOf(recordOf(entry)['version']) ?? stringOf(entry) ?? ''),
    ),
  );
}

function needsOf(lock: Lock, key: string): string[] {
  const entry = recordOf(recordOf(lock['snapshots'])[key] ?? recordOf(lock['packages'])[key]);
  return KINDS.flatMap((kind) =>
    Object.entries(recordOf(entry[kind])).map(([name, version]) => keyOf(name, stringOf(version) ?? '')),
  );
}

/** An alias and a package of format 6 bring their whole key along. */
function keyOf(name: string, version: string): string {
  if (version.startsWith('/')) return version;
  return /^@?[^@(]+@/.test(version) ? version : `${name}@${version}`;
}

function componentOf(lock: Lock, key: string): Component | undefined {
  const bare = key.replace(/^\//, '').replace(/\(.*$/s, '');
  const at = bare.lastIndexOf('@');
  const [name, version] = [bare.slice(0, at), bare.slice(at + 1)];
  // members of the workspace, and folders
  if (at <= 0 || /^(?:link|file|workspace):/.test(version)) return undefined;
  const packages = recordOf(lock['packages']);
  const entry = recordOf(packages[bare] ?? packages[`/${bare}`] ?? packages[key]);
  const digest = integrityDigest(recordOf(entry['resolution'])['integrity']);
  return { name, version, kind: 'library', purl: purlOf({ type: 'npm', name, version }), digest };
}
