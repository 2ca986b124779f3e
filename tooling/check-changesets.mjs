/** Every package is named by a changeset until its first release, and `changeset version` would accept them all. */
import { readdirSync, readFileSync } from 'node:fs';

import { packages } from './packages.mjs';

const folder = new URL('../.changeset/', import.meta.url);
const known = new Set(packages.map(({ name }) => name));
const named = new Map();
for (const file of readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md')) {
  const [, head = '', body = ''] = readFileSync(new URL(file, folder), 'utf8').split(/^---$/m);
  for (const [, name, bump] of head.matchAll(/^'([^']+)': (major|minor|patch)$/gm)) named.set(name, bump);
  if (body.trim() === '') named.set(`${file} (which says nothing)`, 'none');
}
const unknown = [...named.keys()].filter((name) => !known.has(name));
const missing = packages.filter(({ name, manifest }) => manifest.version === '0.0.0' && !named.has(name));
for (const name of unknown) console.error(`A changeset names ${name}, which is no package`);
for (const { name } of missing) console.error(`${name} is not yet released and no changeset names it`);
if (unknown.length + missing.length > 0) process.exitCode = 1;
