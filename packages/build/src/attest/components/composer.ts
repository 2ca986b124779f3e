import { hexDigest } from '../component.ts';
import { purlOf } from '../purl.ts';
import { type LockReader, parsed, recordOf, recordsOf, stringOf } from './read-lock.ts';

/** composer.lock: `packages`, without those of `packages-dev`. */
export const composerLock: LockReader = async (place) => {
  const lock = await parsed(place, 'composer.lock', (text) => recordOf(JSON.parse(text)));
  if (lock === undefined) return undefined;
  return recordsOf(lock['packages']).flatMap((entry) => {
    const name = stringOf(entry['name']);
    if (name === undefined) return [];
    const version = stringOf(entry['version']);
    const { license } = entry;
    // several licenses of one package are a choice
    const names = Array.isArray(license) ? license.filter((one): one is string => typeof one === 'string') : [];
    const digest = hexDigest('SHA1', recordOf(entry['dist'])['shasum']);
    const purl = purlOf({ type: 'composer', name, version });
    return [{ name, version, kind: 'library', purl, license: names.join(' OR ') || undefined, digest }];
  });
};
