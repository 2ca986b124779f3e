import { purlOf } from '../purl.ts';
import { type LockReader, textOf } from './read-lock.ts';

/** What a line of `require` says (https://go.dev/ref/mod#go-mod-file-require). */
const REQUIREMENT = /^(?:require\s+)?"?([^\s"()]+\.[^\s"()]*)"?\s+(v[^\s/]+)/;

/** go.mod: since Go 1.17 it names every module that the project's packages need. */
export const goModules: LockReader = async (place) => {
  const text = await textOf(place, 'go.mod');
  if (text === undefined) return undefined;
  return requirements(text).map(([name, version]) => ({
    ...{ name, version, kind: 'library' },
    purl: purlOf({ type: 'golang', name, version }),
  }));
};

function requirements(text: string): [string, string][] {
  const found: [string, string][] = [];
  let directive = '';
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const opened = /^(\w+)\s*\($/.exec(line)?.[1];
    if (opened !== undefined) directive = opened;
    else if (line === ')') directive = '';
    else if (directive === 'require' || (directive === '' && line.startsWith('require'))) {
      const [, name, version] = REQUIREMENT.exec(line) ?? [];
      if (name !== undefined && version !== undefined) found.push([name, version]);
    }
  }
  return found;
}
