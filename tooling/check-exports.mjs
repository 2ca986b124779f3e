/**
 * What would be published: every path of the exports map is a built file, every built entry is in the map, the tarball
 * passes publint and are-the-types-wrong, and each subpath loads by `import` and by `require` with the same values.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

import { packages } from './packages.mjs';

// the package exports its manifest alone
const pnpm = join(dirname(createRequire(new URL('../package.json', import.meta.url)).resolve('pnpm')), 'bin/pnpm.cjs');

function* unbuilt({ directory, subpaths }) {
  for (const { subpath, target } of subpaths) {
    for (const path of Object.values(target)) {
      if (!existsSync(join(directory, path))) yield `${subpath}: ${path} is in the exports map and not built`;
    }
  }
}

async function* differing({ directory, subpaths }) {
  const require = createRequire(join(directory, 'package.json'));
  for (const { specifier } of subpaths) {
    const imported = await import(pathToFileURL(require.resolve(specifier)).href);
    const required = require(specifier);
    for (const key of Object.keys(imported)) {
      if (imported[key] !== required[key]) yield `${specifier}: ${key} differs between import and require`;
    }
  }
}

async function* misPublished({ directory }, temporary) {
  const packed = execFileSync(process.execPath, [pnpm, 'pack', '--json', '--pack-destination', temporary], {
    cwd: directory,
    encoding: 'utf8',
  });
  const tarball = readFileSync(JSON.parse(packed).filename);
  const buffer = tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength);
  const { messages, pkg } = await publint({ strict: true, pack: { tarball: buffer } });
  for (const message of messages) yield `publint: ${formatMessage(message, pkg)}`;

  const { problems = [] } = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
  for (const problem of problems) {
    // ESM only: `require` of an ES module works since Node 20.19; node10 knows no subpaths
    if (problem.kind === 'CJSResolvesToESM' || problem.resolutionKind === 'node10') continue;
    yield `attw: ${JSON.stringify(problem)}`;
  }
}

const temporary = mkdtempSync(join(tmpdir(), 'core-pack-'));
let problems = 0;
try {
  for (const one of packages) {
    for (const check of [unbuilt, differing, misPublished]) {
      for await (const problem of check(one, temporary)) {
        problems += 1;
        console.error(`${one.name}: ${problem}`);
      }
    }
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
if (problems > 0) process.exitCode = 1;
