import { type Component, integrityDigest } from '../component.ts';
import { purlOf } from '../purl.ts';
import { isRecord, type LockReader, parsed, recordOf, stringOf } from './read-lock.ts';

/** package-lock.json and npm-shrinkwrap.json, formats 2 and 3 (https://docs.npmjs.com/cli/configuring-npm/package-lock-json). */
export const npmLock: LockReader = async (place) => {
  for (const name of ['npm-shrinkwrap.json', 'package-lock.json']) {
    const lock = await parsed(place, name, (text) => recordOf(JSON.parse(text)));
    if (lock !== undefined) return componentsOf(recordOf(lock['packages']));
  }
  return undefined;
};

function componentsOf(packages: Readonly<Record<string, unknown>>): Component[] {
  return Object.entries(packages).flatMap(([path, entry]) => {
    const place = path.lastIndexOf('node_modules/');
    // workspaces and what only builds the project are no part of the release
    if (place < 0 || !isRecord(entry) || entry['dev'] === true || entry['link'] === true) return [];
    const name = stringOf(entry['name']) ?? path.slice(place + 'node_modules/'.length);
    const version = stringOf(entry['version']);
    const license = stringOf(entry['license']);
    const digest = integrityDigest(entry['integrity']);
    return [{ name, version, kind: 'library', purl: purlOf({ type: 'npm', name, version }), license, digest }];
  });
}
