import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import { type Component, findComponents, type ProjectType } from '../../src/index.ts';

type Files = Readonly<Record<string, string>>;

function componentsIn(type: ProjectType, files: Files): Promise<Component[]> {
  return findComponents(new MemoryMedium(files), '', { type });
}

const SHA1 = 'a9993e364706816aba3e25717850c26c9cd0d89d';
const SHA256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const SRI = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;
const SHA512 = Buffer.alloc(64, 7).toString('hex');

/** A lock file for a project that needs `a`, which needs `b`, and that is tested with `dev`. */
const LOCKS: readonly [string, ProjectType, Files, readonly string[]][] = [
  [
    'package-lock.json',
    'node',
    {
      'package-lock.json': JSON.stringify({
        lockfileVersion: 3,
        packages: {
          '': { name: 'own' },
          'node_modules/@s/a': { version: '1.0.0', integrity: SRI, license: 'MIT' },
          'node_modules/@s/a/node_modules/b': { version: '2.0.0', name: 'b' },
          'node_modules/dev': { version: '3.0.0', dev: true },
          'node_modules/member': { link: true, resolved: 'packages/member' },
          'packages/member': { version: '0.0.0' },
        },
      }),
    },
    ['pkg:npm/%40s/a@1.0.0', 'pkg:npm/b@2.0.0'],
  ],
  [
    'pnpm-lock.yaml',
    'node',
    {
      'pnpm-lock.yaml': `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      '@s/a': { specifier: ^1.0.0, version: 1.0.0(b@2.0.0) }
      alias: { specifier: 'npm:c@4', version: c@4.0.0 }
      member: { specifier: 'workspace:*', version: link:packages/member }
    devDependencies:
      dev: { specifier: 1, version: 3.0.0 }
packages:
  '@s/a@1.0.0': { resolution: { integrity: ${SRI} } }
  b@2.0.0: { resolution: { integrity: ${SRI} } }
  c@4.0.0: {}
  dev@3.0.0: {}
snapshots:
  '@s/a@1.0.0(b@2.0.0)': { dependencies: { b: 2.0.0 } }
  b@2.0.0: { dependencies: { '@s/a': 1.0.0(b@2.0.0) } }
  c@4.0.0: {}
  dev@3.0.0: {}
`,
    },
    ['pkg:npm/%40s/a@1.0.0', 'pkg:npm/b@2.0.0', 'pkg:npm/c@4.0.0'],
  ],
  [
    'yarn.lock of Yarn 1',
    'node',
    {
      'package.json': JSON.stringify({ dependencies: { '@s/a': '^1.0.0' }, devDependencies: { dev: '3' } }),
      'yarn.lock': `# yarn lockfile v1


"@s/a@^1.0.0", "@s/a@1":
  version "1.0.0"
  resolved "x"
  integrity ${SRI}
  dependencies:
    b "~2.0.0"

b@~2.0.0:
  version "2.0.0"

dev@3:
  version "3.0.0"
`,
    },
    ['pkg:npm/%40s/a@1.0.0', 'pkg:npm/b@2.0.0'],
  ],
  [
    'yarn.lock of a later Yarn',
    'node',
    {
      'package.json': JSON.stringify({ dependencies: { '@s/a': '^1.0.0', member: 'workspace:*' } }),
      'yarn.lock': `__metadata:
  version: 8

"@s/a@npm:^1.0.0, @s/a@npm:^1":
  version: 1.0.0
  dependencies:
    b: "npm:~2.0.0"
  linkType: hard

"b@npm:~2.0.0":
  version: 2.0.0
  linkType: hard

"member@workspace:*, member@workspace:packages/member":
  version: 0.0.0-use.local
  linkType: soft
`,
    },
    ['pkg:npm/%40s/a@1.0.0', 'pkg:npm/b@2.0.0'],
  ],
  [
    'go.mod',
    'go',
    {
      'go.mod': `module example.com/own // it

go 1.21

require example.com/Upper/a v1.0.0//why
require (
	golang.org/x/b v0.2.0 // indirect
	example.com/c v2.1.0+incompatible
	"example.com/own-copy" v1.0.0
	example.com/fork v1.0.0
	example.com/fork/fixed v1.0.0
	example.com/fork/later v1.1.0
)
replace example.com/own-copy => ../own-copy
replace (
	example.com/fork => \`example.org/fork\` v1.2.0 // ours
	example.com/fork/fixed v1.0.0 => example.com/fork/fixed v1.0.1
	example.com/fork/later v1.0.0 => ./later
)
exclude example.com/never v1.0.0
`,
    },
    [
      'pkg:golang/example.com/Upper/a@v1.0.0',
      'pkg:golang/example.com/c@v2.1.0%2Bincompatible',
      'pkg:golang/example.com/fork/fixed@v1.0.1',
      'pkg:golang/example.com/fork/later@v1.1.0',
      'pkg:golang/example.org/fork@v1.2.0',
      'pkg:golang/golang.org/x/b@v0.2.0',
    ],
  ],
  [
    'Cargo.lock',
    'rust',
    {
      'Cargo.lock': `version = 3

[[package]]
name = "own"
version = "0.1.0"

[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://example.org"
checksum = "${SHA256}"
`,
    },
    ['pkg:cargo/a@1.0.0'],
  ],
  [
    'composer.lock',
    'php',
    {
      'composer.lock': JSON.stringify({
        packages: [{ name: 'V/A', version: '1.0.0', license: ['MIT', 'GPL-2.0-only'], dist: { shasum: SHA1 } }],
        'packages-dev': [{ name: 'v/dev', version: '3.0.0' }],
      }),
    },
    ['pkg:composer/v/a@1.0.0'],
  ],
  [
    'uv.lock',
    'python',
    {
      'uv.lock': `version = 1
[[package]]
name = "own"
source = { editable = "." }
[[package]]
name = "Some_Thing"
version = "1.0"
`,
    },
    ['pkg:pypi/some-thing@1.0'],
  ],
  [
    'requirements.txt',
    'python',
    {
      'requirements.txt':
        '# pinned\nA.b[extra]==1.0 ; python_version > "3"\nc>=2\n-r other.txt\n\nd @ https://x.example/d.whl\n',
    },
    ['pkg:pypi/a-b@1.0', 'pkg:pypi/c', 'pkg:pypi/d'],
  ],
  [
    'requirements.txt with addresses and paths',
    'python',
    { 'requirements.txt': 'git+https://x.example/a.git\nhttps://x.example/b.whl\ndist/c.whl\n./d\nC:\\e.whl\nf\n' },
    ['pkg:pypi/f'],
  ],
  [
    'pyproject.toml',
    'python',
    { 'pyproject.toml': '[project]\nname = "own"\ndependencies = ["a==1.0", "c>=2"]\n' },
    ['pkg:pypi/a@1.0', 'pkg:pypi/c'],
  ],
  [
    'deno.lock',
    'deno',
    { 'deno.lock': JSON.stringify({ npm: { 'b@2.0.0_x@1': { integrity: SRI } }, jsr: { '@s/a@1.0.0': {} } }) },
    ['pkg:jsr/%40s/a@1.0.0', 'pkg:npm/b@2.0.0'],
  ],
  [
    'conan.lock',
    'cpp',
    { 'conan.lock': JSON.stringify({ requires: ['zlib/1.3#rev%1'], build_requires: ['cmake/3.27'] }) },
    ['pkg:conan/zlib@1.3'],
  ],
  [
    'Dockerfile',
    'docker',
    {
      Dockerfile: `FROM --platform=linux/amd64 registry.example:5000/base:1.2 AS build
FROM build AS two
FROM scratch
FROM a@sha256:${SHA256}
`,
    },
    [`pkg:docker/a@sha256:${SHA256}`, 'pkg:docker/registry.example:5000/base@1.2'],
  ],
  [
    'linuxkit.yml',
    'linuxkit',
    {
      'linuxkit.yml': 'kernel: { image: "k:1", cmdline: x }\ninit: ["init:2"]\nservices: [{ name: s, image: "s:3" }]\n',
    },
    ['pkg:docker/init@2', 'pkg:docker/k@1', 'pkg:docker/s@3'],
  ],
];

describe('findComponents', () => {
  describe('Good', () => {
    it.each(LOCKS)('findComponents reads %s, without what only builds and tests', async (_, type, files, purls) => {
      expect((await componentsIn(type, files)).map(({ purl }) => purl)).toEqual(purls);
    });

    it('findComponents brings digests and licenses along', async () => {
      const [first] = await componentsIn('node', LOCKS[0]?.[2] ?? {});
      expect(first).toEqual({
        ...{ name: '@s/a', version: '1.0.0', kind: 'library', purl: 'pkg:npm/%40s/a@1.0.0', license: 'MIT' },
        digest: { algorithm: 'SHA512', value: SHA512 },
      });
      const [crate] = await componentsIn('rust', LOCKS[5]?.[2] ?? {});
      expect(crate?.digest).toEqual({ algorithm: 'SHA256', value: SHA256 });
      const [php] = await componentsIn('php', LOCKS[6]?.[2] ?? {});
      expect(php).toMatchObject({ license: 'MIT OR GPL-2.0-only', digest: { algorithm: 'SHA1', value: SHA1 } });
    });

    it.each<ProjectType>(['node', 'go', 'rust', 'php', 'python', 'deno', 'cpp', 'docker', 'linuxkit', 'taskfile'])(
      'findComponents finds nothing in a %s project without lock file',
      async (type) => {
        expect(await componentsIn(type, {})).toEqual([]);
      },
    );
  });

  describe('Bad', () => {
    it.each<[ProjectType, Files]>([
      ['node', { 'package-lock.json': '{' }],
      ['node', { 'pnpm-lock.yaml': 'a: [' }],
      ['rust', { 'Cargo.lock': '[[' }],
      ['php', { 'composer.lock': 'x' }],
      ['deno', { 'deno.lock': '' }],
    ])('findComponents refuses a %s lock file that is none: %j', async (type, files) => {
      await expect(componentsIn(type, files)).rejects.toMatchObject({
        code: 'ERR_BUILD_PACKAGE_INVALID',
        path: Object.keys(files)[0],
      });
    });
  });

  describe('Ugly', () => {
    it.each<[ProjectType, Files]>([
      ['node', { 'package-lock.json': '[]' }],
      ['node', { 'package-lock.json': '{"packages":{"node_modules/a":1,"node_modules/b":{"version":2}}}' }],
      ['php', { 'composer.lock': '{"packages":[1,{"name":2},{"license":"MIT"}]}' }],
      ['deno', { 'deno.lock': '{"npm":[1,2]}' }],
      ['cpp', { 'conan.lock': '{"requires":[{},null]}' }],
      ['docker', { Dockerfile: 'FROM $BASE\nFROM\n' }],
      [
        'node',
        { 'package-lock.json': '{"lockfileVersion":3,"packages":{"node_modules/\\ud800":{"version":"\\udc00"}}}' },
      ],
    ])('findComponents passes over what has another form: %s %j', async (type, files) => {
      for (const { name, purl } of await componentsIn(type, files)) {
        expect([typeof name, purl.startsWith('pkg:')]).toEqual(['string', true]);
      }
    });

    it('findComponents is not led astray by a lock file full of aliases', async () => {
      const bomb = `a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n`;
      await expect(componentsIn('node', { 'pnpm-lock.yaml': bomb })).rejects.toMatchObject({
        code: 'ERR_BUILD_PACKAGE_INVALID',
      });
    });
  });
});
