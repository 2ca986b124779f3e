import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { localMedium, MemoryMedium } from '@core/io';
import { faulty } from '@core/io/testing';

import { BuildConfigError, loadConfig } from '../../src/index.ts';
import { tempDir } from '../support/temp-project.ts';

const PATH = '.core/build.yaml';

async function refusalOf(loading: Promise<unknown>): Promise<BuildConfigError> {
  const error: unknown = await loading.then(
    () => 'it was taken',
    (reason: unknown) => reason,
  );
  if (error instanceof BuildConfigError) return error;
  throw new Error('not refused as a configuration', { cause: error });
}

const refusal = (content: string | Uint8Array): Promise<BuildConfigError> =>
  refusalOf(loadConfig(new MemoryMedium({ [PATH]: content }), '', { env: {} }));

/** Line and column, reason and remedy of the first problem. */
async function told(content: string): Promise<readonly (string | undefined)[]> {
  const { problems } = await refusal(content);
  const { line, column, reason, remedy } = problems[0] ?? {};
  return [`${String(line)}:${String(column)}`, reason, remedy];
}

const NUL = 'Take the NUL character out.';
const TAG = 'Take the tag out: only plain texts, numbers, true, false, lists and maps are known.';
const WHERE = 'Look at the indentation, quotes and brackets here.';

describe('loadConfig of texts', () => {
  describe('Bad', () => {
    it.each([
      ['project: { name: "a\\0b" }', '1:18', 'project.name is "a\\u0000b"', NUL],
      ['project: { description: "\\0" }', '1:25', 'project.description is "\\u0000"', NUL],
      ['build: { env: ["A=\\0"] }', '1:16', 'build.env[0] is "A=\\u0000"', NUL],
      ['build:\n  hooks:\n    after: ["x\\0"]', '3:13', 'build.hooks.after[0] is "x\\u0000"', NUL],
      ['targets:\n- os: "linux\\0"\n  arch: arm', '2:7', 'targets[0].os is "linux\\u0000"', NUL],
      ['sign: { windows: { password: "hunter2\\0" } }', '1:30', 'sign.windows.password is (hidden)', NUL],
      ['project:\n\tname: x', '2:1', 'not valid YAML: tabs are not allowed as indentation', 'Indent with spaces.'],
      [
        'project:\n  name: &n x\n  name: *n',
        '3:3',
        'project.name is there twice; the first is on line 2',
        'Keep one of them.',
      ],
      [
        'a: &a { name: x }\nproject:\n  <<: *a',
        '1:1',
        'unknown key "a"',
        'Known keys are version, project, build, node, docker, linuxkit, targets, archive, checksum, attest, sign.',
      ],
      [
        'project:\n  ? name\n  : [x]',
        '3:5',
        'project.name is a list, not a text',
        'Write one text, in quotes if need be.',
      ],
      ['build: { cgo: !!bool "yes" }', '1:15', 'unresolved tag', TAG],
      [
        'build: { cgo: 0x1 }',
        '1:15',
        'build.cgo is the number "0x1", not true or false',
        'Write true or false, without quotes.',
      ],
      [
        'project: { version: .nan }',
        '1:21',
        'project.version is the number ".nan", not a text',
        'Put it in quotes: ".nan".',
      ],
      [
        'project: { name: true }',
        '1:18',
        'project.name is the truth value "true", not a text',
        'Put it in quotes: "true".',
      ],
      [
        'build: { flags: ~ }',
        '1:10',
        'build.flags has no value',
        'Give it a value, or take the key out to get the default.',
      ],
      [
        'build: { flags: [~] }',
        '1:17',
        'build.flags[0] has no value',
        'Give it a value, or take the key out to get the default.',
      ],
      ['%TAG ! tag:evil,2000:\n---\nproject: !run x', '3:10', 'unresolved tag', TAG],
      [
        'project: { name: x }\n...\nversion: 1',
        '3:1',
        'source contains multiple documents',
        'Keep one document: take the line "---" and what follows it out.',
      ],
      [
        'project: { name: a: b }',
        '1:18',
        'block collections are not allowed within flow',
        'Put a text with a colon in quotes; inside of brackets lists and maps have brackets, too.',
      ],
      [
        'project: name: x',
        '1:10',
        'nested mappings are not allowed in compact mappings',
        'Put a text with a colon in quotes.',
      ],
      ['project: @x', '1:10', 'plain value cannot start with reserved character @', WHERE],
      ['project: [x', '1:12', 'flow sequence in block collection must be', WHERE],
    ])('loadConfig refuses %j at %s', async (text, at, reason, remedy) => {
      expect(await told(text)).toEqual([at, expect.stringContaining(reason), remedy]);
    });

    it('loadConfig refuses what no system takes in names and arguments, and shows no secret', async () => {
      const error = await refusal(
        'sign: { macos: { app_password: "hunter2\\0" }, windows: { password: "hunter2\\0" } }',
      );
      expect(error.problems).toHaveLength(2);
      expect(JSON.stringify([error.message, error.problems])).not.toContain('hunter2');
    });
  });

  describe('Ugly', () => {
    /** Each is made to cost a parser the most. */
    it.each<[string, string]>([
      ['anchors', `project: ${'&a '.repeat(5000)}x`],
      ['aliases after aliases', '*a '.repeat(5000)],
      ['tags', '!a '.repeat(5000)],
      ['quotes', '"'.repeat(16_000)],
      ['apostrophes', "'".repeat(65_001)],
      ['escapes', `"${'\\x'.repeat(8000)}"`],
      ['block texts', '|\n'.repeat(30_000)],
      ['commas', `[${','.repeat(16_000)}]`],
      ['colons', `[${': '.repeat(8000)}]`],
      ['documents', '---\n'.repeat(8000)],
      ['directives', '%YAML 1.2\n'.repeat(6_000)],
      ['empty items', '-\n'.repeat(16_000)],
      ['merge keys', `project: { <<: [${Array(10_000).fill('*a').join()}] }`],
      ['anchors one after the other', Array.from({ length: 4000 }, (_, i) => `a${String(i)}: &a *b`).join('\n')],
      ['targets', `targets:\n${'- {os: linux, arch: amd64}\n'.repeat(800)}`],
      ['a long key', `${'a'.repeat(65_000)}: 1`],
      ['a long text', `project: { main: [${'a'.repeat(65_000)}] }`],
      ['NUL characters', '\0'.repeat(65_000)],
      ['marks of byte order', '\uFEFF'.repeat(20_000)],
      ['ends of lines of other times', 'a: 1\r'.repeat(13_000)],
    ])('loadConfig refuses many %s, with a place, a remedy and no more than fifty problems', async (_, text) => {
      const error = await refusal(text);
      expect(error.problems.length).toBeLessThanOrEqual(50);
      for (const { line, column, reason, remedy } of error.problems) {
        expect(line).toBeGreaterThan(0);
        expect(column).toBeGreaterThan(0);
        expect(reason.length).toBeGreaterThan(0);
        expect(remedy.length).toBeGreaterThan(0);
      }
      expect(error.message.length).toBeLessThan(70_000);
    });

    it('loadConfig follows a hundred aliases, and takes more for a bomb, once', async () => {
      const aliases = (count: number) =>
        `project: { name: &x a }\nbuild: { flags: [${Array(count).fill('*x').join()}] }`;
      const medium = new MemoryMedium({ [PATH]: aliases(100) });
      expect((await loadConfig(medium, '', { env: {} })).build.flags).toEqual(Array(100).fill('a'));
      for (const count of [101, 300]) {
        const { problems } = await refusal(aliases(count));
        expect(problems).toEqual([
          {
            ...{ line: 2, column: 318, key: 'build.flags[100]', reason: 'more than 100 aliases' },
            remedy: 'Write the values out where they are needed.',
          },
        ]);
      }
    });

    it.each<[string, Uint8Array]>([
      ['a letter of Latin 1', Buffer.from('project: { name: caf\xe9 }', 'latin1')],
      ['UTF-16', Buffer.from('\uFEFFversion: 1', 'utf16le')],
      ['half of a letter', Buffer.from([0x61, 0x3a, 0x20, 0xe2, 0x82])],
      ['half of a surrogate pair', Buffer.from([0x61, 0x3a, 0x20, 0xed, 0xa0, 0x80])],
      ['an overlong NUL', Buffer.from([0x61, 0x3a, 0x20, 0xc0, 0x80])],
    ])('loadConfig refuses what is not UTF-8: %s', async (_, bytes) => {
      expect(await refusal(bytes)).toMatchObject({ line: 1, column: 1, hint: 'Save it as UTF-8.', path: PATH });
    });
  });
});

describe('loadConfig of what is no file', () => {
  const medium = localMedium();
  const inProject = (make: (path: string) => void): string => {
    const dir = tempDir();
    mkdirSync(join(dir, '.core'));
    make(join(dir, PATH));
    return dir;
  };
  const refused = (make: (path: string) => void) => refusalOf(loadConfig(medium, inProject(make), { env: {} }));

  describe('Bad', () => {
    it.each<[string, (path: string) => void, string]>([
      [
        'a folder',
        (path) => {
          mkdirSync(path);
        },
        'it is a folder',
      ],
      [
        'a device that never ends',
        (path) => {
          symlinkSync('/dev/zero', path);
        },
        'it is no file, but a pipe or a device',
      ],
      [
        'a link to itself',
        (path) => {
          symlinkSync('build.yaml', path);
        },
        'a link on the way to it leads back to itself',
      ],
      [
        'a link to nowhere',
        (path) => {
          symlinkSync('nowhere', path);
        },
        'it is a link that leads nowhere',
      ],
      [
        '10 MB',
        (path) => {
          writeFileSync(path, Buffer.alloc(10_000_000, 'a: 1\n'));
        },
        'it has 10000000 bytes',
      ],
    ])('loadConfig refuses %s on a disk', async (_, make, reason) => {
      const error = await refused(make);
      expect(error).toMatchObject({ line: 1, column: 1, message: expect.stringContaining(reason) });
      expect(error.hint).toMatch(/^(?:Make it a file|Take out what is no configuration)/);
    });

    it('loadConfig refuses a pipe that nobody writes to, and does not wait for one', async () => {
      const error = await refused((path) => {
        expect(spawnSync('mkfifo', [path]).status).toBe(0);
      });
      expect(error.hint).toBe('Make it a file.');
    });

    it('loadConfig refuses a file that may not be read, and rejects with what is wrong with the disk', async () => {
      const failing = (code: 'EACCES' | 'EIO') =>
        faulty(new MemoryMedium({ [PATH]: '' }), [{ op: 'read', path: PATH, error: code }]);
      expect(await refusalOf(loadConfig(failing('EACCES'), ''))).toMatchObject({
        hint: 'Let yourself read it: chmod u+r.',
        cause: { code: 'EACCES' },
      });
      await expect(loadConfig(failing('EIO'), '')).rejects.toMatchObject({ code: 'EIO' });
      const lost = faulty(new MemoryMedium(), [{ op: 'stat', path: PATH, error: 'EIO' }]);
      await expect(loadConfig(lost, '')).rejects.toMatchObject({ code: 'EIO' });
    });
  });

  describe('Good', () => {
    it('loadConfig follows a link to a file, and takes a project whose .core is none for one without', async () => {
      const dir = inProject((path) => {
        writeFileSync(join(path, '../real.yaml'), 'project: { name: linked }');
        symlinkSync('real.yaml', path);
      });
      expect((await loadConfig(medium, dir, { env: {} })).project.name).toBe('linked');
      rmSync(join(dir, '.core'), { recursive: true });
      writeFileSync(join(dir, '.core'), '');
      expect((await loadConfig(medium, dir, { env: {} })).project).toEqual({ main: '.' });
    });
  });
});
