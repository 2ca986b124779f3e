import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../packages/', import.meta.url);

/** The published packages: folder, name, manifest, and the subpaths that hold modules. */
export const packages = readdirSync(root)
  .sort()
  .map((folder) => {
    const directory = fileURLToPath(new URL(folder, root));
    const manifest = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8'));
    const subpaths = Object.entries(manifest.exports)
      .filter(([, target]) => typeof target === 'object')
      .map(([subpath, target]) => ({ subpath, specifier: manifest.name + subpath.slice(1), target }));
    return { folder, directory, name: manifest.name, manifest, subpaths };
  });
