import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it } from '@jest/globals';
import { transformSync } from '@swc/core';

/** One ```` ```ts ```` block of a docstring or of a guide. */
interface Example {
  readonly title: string;
  readonly code: string;
}

/**
 * Runs every example of a package in plain Node, each as a module of its own, against the built package: those of the
 * docstrings below `src/`, and those of its README and of its guides in `docs/`. `assert` is `node:assert/strict`.
 *
 * @example
 * ```ts
 * describeExamples(new URL('../', import.meta.url));
 * ```
 */
export function describeExamples(packageUrl: URL): void {
  const directory = fileURLToPath(packageUrl);
  const scratch = join(directory, '.tsbuild', 'examples');
  const examples = [...examplesOfGuides(directory), ...examplesOfSources(directory)];

  describe('Examples', () => {
    mkdirSync(scratch, { recursive: true });
    afterAll(() => {
      rmSync(scratch, { recursive: true, force: true });
    });
    it.each(examples.map((example, index) => ({ ...example, index })))('$title', async ({ code, index }) => {
      const file = join(scratch, `${String(index)}.mjs`);
      writeFileSync(file, compile(code));
      expect(await run(file)).toEqual({ exitCode: 0, output: '' });
    });
  });
}

function* examplesOfGuides(directory: string): Iterable<Example> {
  const docs = join(directory, 'docs');
  const guides = existsSync(docs) ? readdirSync(docs).filter((name) => name.endsWith('.md')) : [];
  for (const guide of ['README.md', ...guides.sort().map((name) => join('docs', name))]) {
    const text = readFileSync(join(directory, guide), 'utf8');
    for (const { code, line } of blocks(text)) yield { title: `${guide}:${String(line)}`, code };
  }
}

function* examplesOfSources(directory: string): Iterable<Example> {
  const names = readdirSync(join(directory, 'src'), { recursive: true, encoding: 'utf8' }).sort();
  for (const name of names.filter((candidate) => candidate.endsWith('.ts'))) {
    const text = readFileSync(join(directory, 'src', name), 'utf8');
    // the stars of docstrings become spaces, so that lines keep their numbers
    for (const { code, line } of blocks(text.replaceAll(/^ *\* ?/gm, ''))) {
      yield { title: `${name}:${String(line)}`, code };
    }
  }
}

function* blocks(text: string): Iterable<{ code: string; line: number }> {
  for (const match of text.matchAll(/^```ts\n([^]*?)^```$/gm)) {
    yield { code: match[1] ?? '', line: text.slice(0, match.index).split('\n').length };
  }
}

function compile(code: string): string {
  const prelude = /^import assert\b/m.test(code) ? '' : "import assert from 'node:assert/strict';\n";
  return transformSync(prelude + code, {
    swcrc: false,
    module: { type: 'es6' },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  }).code;
}

/** An example passes when its module runs to its end and prints nothing. */
function run(file: string): Promise<{ exitCode: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    child.once('error', reject);
    child.once('close', (exitCode) => {
      resolve({ exitCode, output });
    });
  });
}
