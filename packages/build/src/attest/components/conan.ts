import { purlOf } from '../purl.ts';
import { type LockReader, parsed, recordOf } from './read-lock.ts';

/** conan.lock of Conan 2: what is linked, without the tools of the build. */
export const conanLock: LockReader = async (place) => {
  const lock = await parsed(place, 'conan.lock', (text) => recordOf(JSON.parse(text)));
  if (lock === undefined) return undefined;
  const references = Array.isArray(lock['requires']) ? (lock['requires'] as unknown[]) : [];
  return references.flatMap((reference) => {
    const [, name, version] = /^([^/]+)\/([^@#%]+)/.exec(String(reference)) ?? [];
    if (name === undefined) return [];
    return [{ name, version, kind: 'library', purl: purlOf({ type: 'conan', name, version }) }];
  });
};
