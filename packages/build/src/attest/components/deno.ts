import { integrityDigest } from '../component.ts';
import { purlOf } from '../purl.ts';
import { type LockReader, parsed, recordOf } from './read-lock.ts';

/** deno.lock, formats 4 and 5: packages of npm and JSR. */
export const denoLock: LockReader = async (place) => {
  const lock = await parsed(place, 'deno.lock', (text) => recordOf(JSON.parse(text)));
  if (lock === undefined) return undefined;
  return (['npm', 'jsr'] as const).flatMap((type) =>
    Object.entries(recordOf(lock[type])).flatMap(([key, entry]) => {
      const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key) ?? [];
      if (name === undefined) return [];
      const digest = type === 'npm' ? integrityDigest(recordOf(entry)['integrity']) : undefined;
      return [{ name, version, kind: 'library' as const, purl: purlOf({ type, name, version }), digest }];
    }),
  );
};
