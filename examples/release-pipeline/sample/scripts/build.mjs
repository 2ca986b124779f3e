/** Makes `generated/about.js` of package.json and `src/help.txt`, so that the program needs neither at run time. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';

const root = new URL('../', import.meta.url);
const { name, version } = JSON.parse(await readFile(new URL('package.json', root), 'utf8'));
const help = (await readFile(new URL('src/help.txt', root), 'utf8')).trimEnd();

await mkdir(new URL('generated/', root), { recursive: true });
await writeFile(
  new URL('generated/about.js', root),
  `export const VERSION = ${JSON.stringify(version)};\nexport const HELP = ${JSON.stringify(help)};\n`,
);
console.log(`${name} ${version}: made generated/about.js`);
