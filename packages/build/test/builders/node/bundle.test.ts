import { copyFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';

import { bundleProgram } from '../../../src/builders/node/bundle/bundle.ts';
import { type Files, runNode, runText, tempDir } from '../../support/temp-project.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

interface Made {
  readonly text: string;
  readonly warnings: readonly string[];
}

/** The script of a program in a folder that is named so that it can be looked for. */
async function bundle(files: Files, entry: string, optional: readonly string[] = []): Promise<Made> {
  const path = tempDir(files);
  return bundleProgram({ path, origin: path, entry: join(path, entry), optional });
}

/** What a script prints, in folders of CommonJS and of ES modules, which must be the same. */
function output(text: string, ...args: string[]): string {
  const commonJs = tempDir({ 'package.json': { type: 'commonjs' } });
  const modules = tempDir({ 'package.json': { type: 'module' } });
  const [one, other] = [commonJs, modules].map((dir) => runText(text, join(dir, 'bin/tool'), args));
  if (one?.status !== 0) throw new Error(one?.stderr);
  expect({ ...other, stdout: other?.stdout.replaceAll(modules, '') }).toEqual({
    ...one,
    stdout: one.stdout.replaceAll(commonJs, ''),
  });
  return one.stdout.replaceAll(commonJs, '').trim();
}

const DEP: Files = {
  'node_modules/dep/package.json': { name: 'dep', main: './lib.js' },
  'node_modules/dep/lib.js': 'module.exports = (name) => `dep says ${name}`;',
};

describe('bundleProgram', () => {
  describe('Good', () => {
    it('bundleProgram makes one script of ES modules and a CommonJS dependency', async () => {
      const { text, warnings } = await bundle(
        {
          ...DEP,
          'package.json': { type: 'module' },
          'src/cli.js':
            '#!/usr/bin/env node\nimport dep from "dep";\nimport { name } from "./name.js";\nconsole.log(dep(name));',
          'src/name.js': 'export const name = "hello";',
        },
        'src/cli.js',
      );
      expect(text.startsWith('#!/usr/bin/env node\n(function')).toBe(true);
      expect(output(text)).toBe('dep says hello');
      expect(warnings).toEqual([]);
    });

    it('bundleProgram makes one script of CommonJS, in which require.main is the program', async () => {
      const { text } = await bundle(
        {
          ...DEP,
          'cli.js': 'const { run } = require("./lib/run"); if (require.main === module) run();',
          'lib/run.js':
            '"use strict"; exports.run = () => console.log(require("dep")("run"), require.main === module);',
        },
        'cli.js',
      );
      expect(output(text)).toBe('dep says run false');
    });

    it('bundleProgram bundles TypeScript and JSON', async () => {
      const { text } = await bundle(
        {
          'cli.ts': 'import data from "./data.json";\nconst n: number = data.n;\nconsole.log(n);',
          'data.json': { n: 3 },
        },
        'cli.ts',
      );
      expect(output(text)).toBe('3');
    });

    it('bundleProgram runs a program that awaits at its top level', async () => {
      const { text } = await bundle(
        {
          ...DEP,
          'package.json': { type: 'module' },
          'cli.js': `
            import { readFileSync } from 'node:fs';
            import path, { join } from 'path';
            import dep from 'dep';
            const { late } = await import('./late.js');
            console.log(await late(), typeof readFileSync, path.join === join, dep('x'), this === undefined);
            export const x = 1;
            export default late;`,
          'late.js':
            'import { setTimeout } from "node:timers/promises"; export const late = () => setTimeout(1, "late");\nawait 0;',
        },
        'cli.js',
      );
      expect(output(text)).toBe('late function true dep says x true');
    });

    it('bundleProgram keeps the exit code, arguments and stack of a program that fails', async () => {
      const { text } = await bundle({ 'cli.js': 'process.exitCode = 3; throw new Error(process.argv[2]);' }, 'cli.js');
      const failed = runText(text, join(tempDir(), 'tool'), ['because']);
      expect(failed.status).toBe(1);
      expect(failed.stderr).toMatch(/Error: because\n {4}at/);
      const awaits = await bundle({ 'cli.mjs': 'await 0; throw new Error("later");' }, 'cli.mjs');
      expect(runText(awaits.text, join(tempDir(), 'tool'))).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/later/),
      });
    });

    it('bundleProgram keeps a shebang that starts node, and replaces any other', async () => {
      const first = async (shebang: string) =>
        (await bundle({ 'cli.js': `${shebang}\nconsole.log(1)` }, 'cli.js')).text.split('\n')[0];
      expect(await first('#!/usr/bin/env -S node --no-warnings')).toBe('#!/usr/bin/env -S node --no-warnings');
      expect(await first('#!/usr/bin/env tsx')).toBe('#!/usr/bin/env node');
      expect(await first('// none')).toBe('#!/usr/bin/env node');
    });

    it('bundleProgram tells the entry that it is the script, and every other module that it is not', async () => {
      const { text } = await bundle(
        {
          'package.json': { type: 'module' },
          'src/cli.js': `
            import { fileURLToPath } from 'node:url';
            import { other } from './lib/other.js';
            console.log(fileURLToPath(import.meta.url) === process.argv[1], import.meta.filename === process.argv[1]);
            console.log(import.meta.url, import.meta.dirname, import.meta.main);
            console.log(import.meta.resolve('./x'), import.meta.resolve('fs'), import.meta.resolve('node:fs'));
            console.log(other);`,
          'src/lib/other.js':
            'export const other = [import.meta.url, import.meta.dirname, import.meta.main, import.meta.resolve("../x")].join(" ");',
        },
        'src/cli.js',
      );
      expect(output(text).split('\n')).toEqual([
        'true true',
        'file:///bin/tool /bin true',
        'file:///bin/x node:fs node:fs',
        'file:///bin/lib/other.js /bin/lib false file:///bin/x',
      ]);
    });

    it('bundleProgram tells CommonJS modules their own __filename, and keeps them strict', async () => {
      const { text } = await bundle(
        {
          'src/cli.js': 'console.log(__filename, __dirname); console.log(require("./lib/other"), require("./own"));',
          'src/lib/other.js':
            '// a comment\n"use strict"; module.exports = [__filename, __dirname, (function () { return this; })()].join();',
          'src/own.js': 'var __dirname = "mine"; module.exports = __dirname;',
        },
        'src/cli.js',
      );
      expect(output(text).split('\n')).toEqual(['/bin/tool /bin', '/bin/lib/other.js,/bin/lib, mine']);
    });

    it('bundleProgram carries the files that modules read beside themselves', async () => {
      const read = `
        import fs, { readFileSync } from 'node:fs';
        import { readFile } from 'fs/promises';
        import { dirname, join } from 'node:path';
        import { fileURLToPath } from 'node:url';
        const folder = dirname(fileURLToPath(import.meta.url));
        const one = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
        const two = fs.readFileSync(join(dirname(fileURLToPath(import.meta.url)), '..', 'data', 'a.txt')).toString();
        const three = await readFile(new URL('../data/b.txt', import.meta.url), { encoding: 'utf8' });
        const four = await fs.promises.readFile(new URL('../data/b.txt', import.meta.url), 'utf8');
        const there = [fs.existsSync(new URL('../data/b.txt', import.meta.url)), fs.existsSync(join(folder, 'nope'))];
        console.log(one, two, three, four, ...there, typeof fs.statSync, fs.readFileSync(process.argv[1], 'utf8').length > 9);`;
      const files = { 'package.json': { type: 'module', version: '4.5.6' }, 'data/a.txt': 'A', 'data/b.txt': 'B' };
      const { text } = await bundle({ ...files, 'src/cli.js': read }, 'src/cli.js');
      expect(output(text)).toBe('4.5.6 A B B true false function true');
    });

    it('bundleProgram carries the files of CommonJS modules and of dependencies', async () => {
      const { text } = await bundle(
        {
          'package.json': { version: '7.8.9' },
          'bin/cli.js': `
            const fs = require('fs'), path = require('path');
            console.log(JSON.parse(fs.readFileSync(path.join(__dirname, '../package.json'), 'utf8')).version);
            fs.readFile(__dirname + '/note.txt', 'utf8', (error, text) => console.log(text, require('dep')));
            fs.createReadStream(\`\${__dirname}/note.txt\`, 'utf8').on('data', (text) => process.on('exit', () => console.log(text)));`,
          'bin/note.txt': 'noted',
          'node_modules/dep/package.json': { main: 'lib/index.js' },
          'node_modules/dep/lib/index.js':
            'module.exports = require("node:fs").readFileSync(require("path").resolve(__dirname, "words.txt"), "utf8");',
          'node_modules/dep/lib/words.txt': 'words',
        },
        'bin/cli.js',
      );
      expect(output(text).split('\n')).toEqual(['7.8.9', 'noted words', 'noted']);
    });

    it('bundleProgram keeps its own variables apart from those of the program', async () => {
      const { text } = await bundle(
        {
          'package.json': { type: 'module', version: '5.5.5' },
          'cli.js': `
            import { readFileSync } from 'node:fs';
            import { there } from './other.js';
            await 0;
            var __dirname = '/nowhere', __filename = 'x', module = 1, exports = 2, process = globalThis.process;
            var require = () => { throw new Error('mine'); };
            const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));
            console.log(version, __dirname, __filename, module, exports, typeof require, there(), import.meta.dirname);`,
          'other.js': 'var __dirname = "other"; export const there = () => __dirname + import.meta.filename;',
        },
        'cli.js',
      );
      expect(output(text)).toBe('5.5.5 /nowhere x 1 2 function other/bin/other.js /bin');
    });

    it('bundleProgram carries package.json, by whatever path it is read', async () => {
      const { text, warnings } = await bundle(
        {
          'package.json': { version: '3.2.1' },
          'lib/cli.js': `
            const { join } = require('path'), root = join(__dirname, '..');
            console.log(JSON.parse(require('fs').readFileSync(join(root, 'package.json'))).version);`,
        },
        'lib/cli.js',
      );
      expect(output(text)).toBe('3.2.1');
      expect(warnings).toEqual([]);
    });

    it('bundleProgram bundles what an ES module loads by a require of its own', async () => {
      const { text } = await bundle(
        {
          ...DEP,
          'package.json': { type: 'module', version: '1.1.1' },
          'cli.js': `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const { version } = createRequire(import.meta.url)('./package.json');
console.log(version, require('./package.json').version, require('dep')('x'));`,
        },
        'cli.js',
      );
      expect(output(text)).toBe('1.1.1 1.1.1 dep says x');
    });

    it('bundleProgram keeps the names of classes that two modules share', async () => {
      const { text } = await bundle(
        {
          'package.json': { type: 'module' },
          'cli.js':
            'import { A } from "./a.js"; import { B } from "./b.js"; console.log(new A().constructor.name, new B().constructor.name);',
          'a.js': 'class Thing {} export { Thing as A };',
          'b.js': 'class Thing {} export { Thing as B };',
        },
        'cli.js',
      );
      expect(output(text)).toBe('Thing Thing');
    });
  });

  describe('Bad', () => {
    it('bundleProgram refuses what cannot be parsed, with its place', async () => {
      await expect(bundle({ 'cli.js': 'let x = 1;\nlet y = ;' }, 'cli.js')).rejects.toMatchObject({
        code: 'ERR_BUILD_BUNDLE_FAILED',
        message: expect.stringMatching(/^Cannot bundle "cli\.js": cli\.js:2:9: /),
        path: 'cli.js',
      });
    });

    it('bundleProgram refuses a dependency of the project that is not installed', async () => {
      await expect(bundle({ 'cli.js': 'require("nowhere"); require("./gone");' }, 'cli.js')).rejects.toMatchObject({
        code: 'ERR_BUILD_BUNDLE_FAILED',
        hint: expect.stringMatching(/package\.json/),
        output: expect.stringMatching(/nowhere[^]*gone/),
      });
    });

    it('bundleProgram leaves out what may be missing, and says so', async () => {
      const { text, warnings } = await bundle(
        {
          'cli.js': `
            let found = 'nothing';
            try { found = require('speedup/fast'); } catch {}
            console.log(found, require('dep'));`,
          'node_modules/dep/index.js': `
            try { require('./build/Release/fast.node'); } catch { module.exports = 'slow'; }
            exports.later = () => require('@scope/lazy/x');`,
          'node_modules/dep/build/Release/fast.node': 'machine code',
        },
        'cli.js',
        ['speedup'],
      );
      expect(output(text)).toBe('nothing slow');
      expect(warnings).toEqual([
        'Left out packages that are not installed: @scope/lazy, speedup.',
        'Left out machine code, which a script cannot hold: fast.node.',
      ]);
    });

    it('bundleProgram tells what looks like a mistake, in files of the project itself', async () => {
      const odd = 'export const no = (x) => typeof x === "nummber";';
      const { warnings } = await bundle(
        {
          'cli.mjs': 'import { no } from "./odd.mjs"; import { no as other } from "dep"; console.log(no, other);',
          'odd.mjs': odd,
          'node_modules/dep/index.js': odd,
        },
        'cli.mjs',
      );
      expect(warnings).toEqual([expect.stringMatching(/^odd\.mjs:1: .*nummber/)]);
    });

    it('bundleProgram says what it cannot put into a script', async () => {
      const { warnings } = await bundle(
        {
          'package.json': { type: 'module' },
          'cli.js': `
            import { Worker } from 'node:worker_threads';
            import { readdirSync } from 'node:fs';
            new Worker(new URL('./worker.js', import.meta.url));
            readdirSync(new URL('./templates', import.meta.url));`,
          'worker.js': 'console.log(1);',
          'templates/a.txt': 'a',
        },
        'cli.js',
      );
      expect(warnings).toEqual([
        'Left out what the program starts or lists as files of its own: templates, worker.js.',
      ]);
    });

    it('bundleProgram rejects with the reason of its signal', async () => {
      const path = tempDir({ 'cli.js': 'console.log(1)' });
      const reason = new Error('enough');
      const options = { path, origin: path, entry: join(path, 'cli.js'), optional: [] };
      await expect(bundleProgram({ ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });
  });

  describe('Ugly', () => {
    const FILES: Files = {
      ...DEP,
      'package.json': { type: 'module', version: '1.0.0' },
      'src/cli.js':
        'import dep from "dep"; import fs from "node:fs"; console.log(dep(import.meta.url)); fs.readFileSync(new URL("../package.json", import.meta.url));',
    };

    it('bundleProgram makes the same script of the same files, wherever they are', async () => {
      const [one, other] = [await bundle(FILES, 'src/cli.js'), await bundle(FILES, 'src/cli.js')];
      expect(one.text).toBe(other.text);
      expect(one.text).not.toMatch(/core-build-test|\/tmp\//);
    });

    it('bundleProgram makes the same script of a member of a monorepo and of its copy elsewhere', async () => {
      const repo = tempDir({
        'node_modules/.store/dep@1/node_modules/dep/index.js': 'module.exports = () => __dirname;',
        'packages/lib/index.js': 'exports.lib = () => 1;',
        'packages/app/cli.js': 'console.log(require("dep")(), require("lib").lib(), require("../lib/index.js").lib);',
      });
      const app = join(repo, 'packages/app');
      const modules = tempDir({ 'packages/app/x': '' });
      symlinkSync('.store/dep@1/node_modules/dep', join(repo, 'node_modules/dep'));
      symlinkSync('../packages/lib', join(repo, 'node_modules/lib'));
      const copy = join(modules, 'packages/app');
      copyFileSync(join(app, 'cli.js'), join(copy, 'cli.js'));
      symlinkSync(join(repo, 'node_modules'), join(modules, 'node_modules'));
      symlinkSync(join(repo, 'packages/lib'), join(modules, 'packages/lib'));
      const options = { origin: app, optional: [] };
      const inPlace = await bundleProgram({ ...options, path: app, entry: join(app, 'cli.js') });
      const copied = await bundleProgram({ ...options, path: copy, entry: join(copy, 'cli.js') });
      expect(copied.text).toBe(inPlace.text);
      expect(inPlace.text).toContain('// ../../node_modules/.store/dep@1/node_modules/dep/index.js');
    });

    it('bundleProgram does not take texts for code', async () => {
      const { text } = await bundle(
        {
          'package.json': { type: 'module' },
          'cli.js': 'import "./x.js";',
          'x.js': 'console.log("import.meta.url", `__dirname`, /import\\.meta\\.url/.source); // import.meta.main',
        },
        'cli.js',
      );
      expect(output(text)).toBe('import.meta.url __dirname import\\.meta\\.url');
    });

    it('bundleProgram is quick with files of many comments', async () => {
      const { text } = await bundle(
        { 'cli.js': 'require("./x.js")', 'x.js': `${'/* c */ '.repeat(5000)} __dirname;` },
        'cli.js',
      );
      expect(output(text)).toBe('');
    });

    it('bundleProgram makes a script that also runs by node and by a link', async () => {
      const { text } = await bundle({ 'cli.mjs': 'console.log(import.meta.url);' }, 'cli.mjs');
      const dir = tempDir({ 'package.json': { type: 'module' }, 'real/tool.js': text });
      symlinkSync('real/tool.js', join(dir, 'link'));
      for (const name of ['real/tool.js', 'real/tool', 'link']) {
        expect(runNode(join(dir, name)).stdout.trim()).toBe(`file://${dir}/real/tool.js`);
      }
    });
  });
});
