import { parseToml, tableIn, tablesIn, textIn } from '../../toml.ts';
import type { Component } from '../component.ts';
import { purlOf } from '../purl.ts';
import { type LockPlace, type LockReader, textOf } from './read-lock.ts';

/** Lock files with one `[[package]]` a package. */
const LOCKS = ['uv.lock', 'poetry.lock', 'pdm.lock'];

/** uv.lock, poetry.lock, pdm.lock, else requirements.txt, else what pyproject.toml asks for. */
export const pythonLock: LockReader = async (place) => {
  for (const name of LOCKS) {
    const text = await textOf(place, name);
    if (text !== undefined) return locked(name, text);
  }
  const requirements = await textOf(place, 'requirements.txt');
  return requirements === undefined ? await declared(place) : requirements.split('\n').flatMap(requirement);
};

function locked(path: string, text: string): Component[] {
  return tablesIn(parseToml(path, text), 'package').flatMap((entry) => {
    const name = textIn(entry, 'name');
    const { editable, virtual } = tableIn(entry, 'source');
    const isDev = textIn(entry, 'category') === 'dev';
    if (name === undefined || isDev || editable !== undefined || virtual !== undefined) return [];
    return [component(name, textIn(entry, 'version'))];
  });
}

async function declared(place: LockPlace): Promise<Component[] | undefined> {
  const text = await textOf(place, 'pyproject.toml');
  if (text === undefined) return undefined;
  const list = tableIn(parseToml('pyproject.toml', text), 'project')['dependencies'];
  return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string').flatMap(requirement) : [];
}

/** A requirement (PEP 508); an address or a path, which pip takes as well, has no name to tell. */
const REQUIREMENT = /^\s*([A-Za-z0-9][A-Za-z0-9._-]*)(?![\w.:/\\+-])\s*(?:\[[^\]]*\])?\s*(?:={2,3}\s*([^\s;,#*]+))?/;

/** One line of requirements: the version is known where it is pinned. */
function requirement(line: string): Component[] {
  const [, name, version] = REQUIREMENT.exec(line) ?? [];
  return name === undefined ? [] : [component(name, version)];
}

function component(name: string, version: string | undefined): Component {
  // names are the same with any of these marks (PEP 503)
  const purl = purlOf({ type: 'pypi', name: name.replace(/[-_.]+/g, '-'), version });
  return { name, version, kind: 'library', purl };
}
