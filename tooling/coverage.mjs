/**
 * How much of a package its tests run through: `npm run coverage -- io`. A file of types only is left out: nothing in it
 * could run, and V8 would count every line of it as missed.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

import { packages } from './packages.mjs';

const root = fileURLToPath(new URL('../', import.meta.url));

const [name] = process.argv.slice(2);
if (!packages.some(({ folder }) => folder === name)) {
  console.error(`Name one of ${packages.map(({ folder }) => folder).join(', ')}: npm run coverage -- io`);
  process.exit(1);
}

/** Whether anything of it is left when the types are taken out. */
function holdsCode(path) {
  const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext, removeComments: true },
  });
  return outputText.trim() !== 'export {};';
}

const sources = readdirSync(`${root}packages/${name}/src`, { recursive: true })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => `packages/${name}/src/${path}`)
  .filter((path) => holdsCode(root + path));
const collected = sources.map((path) => `--collectCoverageFrom=${path}`);
const options = [
  '--coverage',
  `--coverageDirectory=packages/${name}/coverage`,
  '--coverageReporters=text',
  ...collected,
];
const { status } = spawnSync(process.execPath, [`${root}tooling/jest.mjs`, `packages/${name}/test`, ...options], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
