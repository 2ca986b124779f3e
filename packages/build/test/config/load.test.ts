import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import { BuildConfigError, configExists, configPath, defaultConfig, loadConfig, toTargets } from '../../src/index.ts';

const PATH = '.core/build.yaml';

const load = (text: string, env: Record<string, string> = {}) =>
  loadConfig(new MemoryMedium({ [PATH]: text }), '', { env });

async function refusal(text: string): Promise<BuildConfigError> {
  const error: unknown = await load(text).catch((reason: unknown) => reason);
  if (error instanceof BuildConfigError) return error;
  throw new Error(`not refused: ${text.slice(0, 100)}`);
}

describe('loadConfig', () => {
  describe('Good', () => {
    it('defaultConfig is what the documentation says', () => {
      expect(defaultConfig({})).toEqual({
        version: 1,
        project: { main: '.' },
        build: { cgo: false, flags: ['-trimpath'], ldflags: ['-s', '-w'], env: [], hooks: { before: [], after: [] } },
        targets: [
          { os: 'linux', arch: 'amd64' },
          { os: 'linux', arch: 'arm64' },
          { os: 'darwin', arch: 'arm64' },
          { os: 'windows', arch: 'amd64' },
        ],
        node: { output: 'executable' },
        docker: { tags: ['{{.Version}}'], args: [], output: 'oci', load: false, push: false },
        linuxkit: { formats: ['iso-efi'] },
        archive: { format: 'gz', wrap: false, name: '{{.Binary}}_{{.OS}}_{{.Arch}}' },
        checksum: { file: 'CHECKSUMS.txt', algorithm: 'sha256' },
        attest: { sbom: 'none', provenance: false },
        sign: { enabled: false, gpg: {}, macos: { notarize: false }, windows: {} },
      });
    });

    it.each(['', '\n\n', '# only a comment\n', '~', '---\n', '\uFEFF'])(
      'loadConfig takes %j for all defaults',
      async (text) => {
        expect(await load(text)).toEqual(defaultConfig({}));
      },
    );

    it('loadConfig gives the defaults where there is no file', async () => {
      expect(await loadConfig(new MemoryMedium(), 'app', { env: {} })).toEqual(defaultConfig({}));
    });

    it('loadConfig reads every key', async () => {
      const config = await load(
        `
version: 1
project: { name: n, description: d, main: ./cmd/n, binary: b, version: 1.2.3 }
build:
  cgo: true
  flags: [-a]
  ldflags: [-b]
  env: [A=1, B=x=y]
  hooks: { before: [make], after: [strip x] }
targets: [{ os: freebsd, arch: riscv64 }]
node: { output: script, version: '22.14' }
docker: { file: image/Containerfile, image: registry.example/n, tags: [latest], args: [A=1], output: docker, load: true, push: true }
linuxkit: { file: vm.yml, formats: [raw-bios, vmdk] }
archive: { format: zip, files: ['*.md'], wrap: true, name: 'x-{{.Version}}-{{ .OS }}' }
checksum: { file: SUMS, algorithm: sha256 }
attest: { sbom: spdx, provenance: true }
sign:
  enabled: true
  gpg: { key: $KEY }
  macos: { identity: i, notarize: true, apple_id: a, team_id: t, app_password: '\${PASS}-x' }
  windows: { certificate: c, password: p }
`,
        { KEY: '0xAB', PASS: 'secret' },
      );
      expect(config).toEqual({
        version: 1,
        project: { name: 'n', description: 'd', main: './cmd/n', binary: 'b', version: '1.2.3' },
        build: {
          cgo: true,
          flags: ['-a'],
          ldflags: ['-b'],
          env: ['A=1', 'B=x=y'],
          hooks: { before: ['make'], after: ['strip x'] },
        },
        targets: [{ os: 'freebsd', arch: 'riscv64' }],
        node: { output: 'script', version: '22.14' },
        docker: {
          file: 'image/Containerfile',
          image: 'registry.example/n',
          tags: ['latest'],
          args: ['A=1'],
          output: 'docker',
          load: true,
          push: true,
        },
        linuxkit: { file: 'vm.yml', formats: ['raw-bios', 'vmdk'] },
        archive: { format: 'zip', files: ['*.md'], wrap: true, name: 'x-{{.Version}}-{{ .OS }}' },
        checksum: { file: 'SUMS', algorithm: 'sha256' },
        attest: { sbom: 'spdx', provenance: true },
        sign: {
          enabled: true,
          gpg: { key: '0xAB' },
          macos: { identity: 'i', notarize: true, appleId: 'a', teamId: 't', appPassword: 'secret-x' },
          windows: { certificate: 'c', password: 'p' },
        },
      });
    });

    it('loadConfig takes sign from the environment where the file does not say it', async () => {
      const env = {
        GPG_KEY_ID: 'k',
        CODESIGN_IDENTITY: 'i',
        APPLE_ID: 'a',
        APPLE_TEAM_ID: 't',
        APPLE_APP_PASSWORD: 'p',
      };
      const { sign } = await load('version: 1', env);
      expect(sign.gpg).toEqual({ key: 'k' });
      expect(sign.macos).toEqual({ identity: 'i', notarize: false, appleId: 'a', teamId: 't', appPassword: 'p' });
    });

    it('loadConfig expands variables in sign only, and takes what is not set for nothing', async () => {
      const config = await load(
        'project: { name: $NAME }\nbuild: { env: ["A=$NAME"] }\nsign: { gpg: { key: $NOPE } }',
        {
          NAME: 'x',
        },
      );
      expect(config.project.name).toBe('$NAME');
      expect(config.build.env).toEqual(['A=$NAME']);
      expect(config.sign.gpg).toEqual({});
    });

    it('loadConfig leaves a list that is written out empty as it is', async () => {
      const config = await load('build: { flags: [], ldflags: [] }\ntargets: []\narchive: { files: [] }');
      expect(config.build.flags).toEqual([]);
      expect(config.build.ldflags).toEqual([]);
      expect(config.archive.files).toEqual([]);
      expect(toTargets(config)).toEqual([]);
    });

    it('loadConfig gives lists of the caller’s own', async () => {
      const [one, two] = [await load(''), await load('')];
      expect(one.targets).not.toBe(two.targets);
      expect(one.targets[0]).not.toBe(two.targets[0]);
    });

    it('toTargets gives each target once, as objects of the caller’s own', () => {
      const target = { os: 'linux', arch: 'arm' };
      const config = { ...defaultConfig({}), targets: [target, { os: 'linux', arch: 'amd64' }, { ...target }] };
      expect(toTargets(config)).toEqual([target, { os: 'linux', arch: 'amd64' }]);
      expect(toTargets(config)[0]).not.toBe(target);
    });

    it('loadConfig takes a file of 64 KiB, and one byte more not', async () => {
      const text = (size: number) => `project: { name: x } #${' '.repeat(size - 22)}`;
      expect((await load(text(65_536))).project.name).toBe('x');
      expect((await refusal(text(65_537))).message).toContain('it has 65537 bytes');
    });

    it('loadConfig follows a few aliases', async () => {
      const { build } = await load('build: { flags: &f [-a], ldflags: *f }');
      expect(build.ldflags).toEqual(['-a']);
    });

    it('configPath and configExists name the file', async () => {
      expect(configPath('a/b')).toBe('a/b/.core/build.yaml');
      expect(configPath('/')).toBe('/.core/build.yaml');
      expect(await configExists(new MemoryMedium({ 'a/.core/build.yaml': '' }), 'a')).toBe(true);
      expect(await configExists(new MemoryMedium({ a: {} }), 'a')).toBe(false);
    });
  });

  describe('Bad', () => {
    const CASES: readonly (readonly [text: string, at: string, reason: RegExp, hint: RegExp])[] = [
      ['targts: []', '1:1', /unknown key "targts"/, /"targets"/],
      ['archive:\n  fromat: zip', '2:3', /unknown key "fromat" in archive/, /"format"/],
      ['binary: x', '1:1', /unknown key "binary"/, /project\.binary/],
      ['sign: { macos: { appleid: x } }', '1:18', /unknown key "appleid" in sign\.macos/, /"apple_id"/],
      ['zzzzzz: 1', '1:1', /unknown key "zzzzzz"/, /Known keys are version, project/],
      ['version: 1\nversion: 1', '2:1', /version is there twice; the first is on line 1/, /Keep one/],
      ['a: 1\na: 2', '1:1', /unknown key "a"/, /Known keys/],
      ['version: 2', '1:10', /version is 2, none of 1/, /Write 1/],
      ['version: "1"', '1:10', /version is the text "1", not a number/, /without quotes/],
      ['project: { version: 1.10 }', '1:21', /the number "1\.10", not a text/, /quotes: "1\.10"/],
      ['project: x', '1:10', /project is the text "x", not a map/, /name, description, main/],
      ['project: [x]', '1:10', /project is a list, not a map/, /indented/],
      ['build: { cgo: yes }', '1:15', /build\.cgo is the text "yes", not true or false/, /true or false/],
      ['build: { flags: -x }', '1:17', /build\.flags is the text "-x", not a list/, /\[-x\]/],
      ['build: { flags: [1] }', '1:18', /build\.flags\[0\] is the number "1", not a text/, /"1"/],
      ['build: { env: [A] }', '1:16', /build\.env\[0\] is "A"/, /KEY=value/],
      ['build:\n  hooks:\n    before:\n', '3:5', /build\.hooks\.before has no value/, /take the key out/],
      ['targets: [linux/amd64]', '1:11', /targets\[0\] is the text "linux\/amd64", not a map/, /os, arch/],
      ['targets: [{ os: linux }]', '1:11', /targets\[0\] has no "arch"/, /Add the key arch/],
      ['targets: [{ os: linxu, arch: amd64 }]', '1:17', /targets\[0\]\.os is "linxu"/, /nearest is linux/],
      ['targets: [{ os: linux, arch: x }]', '1:30', /targets\[0\]\.arch is "x"/, /one of them/],
      ['targets: [{os: linux, arch: arm}, {os: linux, arch: arm}]', '1:35', /targets\[1\] is there twice/, /Keep one/],
      ['archive: { format: tgz }', '1:20', /archive\.format is "tgz", none of gz, xz, zip, zst/, /nearest is gz/],
      ['archive: { name: a/b }', '1:18', /archive\.name is "a\/b"/, /file name/],
      ['archive: { name: "{{.Os}}" }', '1:18', /archive\.name/, /\{\{\.OS\}\}/],
      ['archive: { files: [../x] }', '1:20', /archive\.files\[0\] is "\.\.\/x"/, /inside the project/],
      ['archive: { files: [/etc/x] }', '1:20', /archive\.files\[0\]/, /inside the project/],
      ['checksum: { algorithm: md5 }', '1:24', /checksum\.algorithm is "md5", none of sha256/, /Take one/],
      ['checksum: { file: a/b }', '1:19', /checksum\.file/, /without slashes/],
      ['project: { binary: .. }', '1:20', /project\.binary is "\.\."/, /without slashes/],
      ['- a', '1:1', /the file is a list, not a map/, /version, project/],
      ['just text', '1:1', /the file is the text "just text"/, /version, project/],
      ['a:\n\tb: 1', '2:1', /not valid YAML: tabs/, /spaces/],
      ['version: 1\n---\nversion: 1', '2:1', /multiple documents/, /one document/],
      ['project: { name: "x }', '1:22', /not valid YAML/, /quotes/],
      ['project: { name: !secret x }', '1:18', /[Uu]nresolved tag/, /Take the tag out/],
      ['project: { name: !!js/function "x" }', '1:18', /[Uu]nresolved tag/, /Take the tag out/],
      ['project: { name: !!binary aGk= }', '1:27', /project\.name is something else/, /quotes/],
      ['project: { <<: *x }', '1:12', /unknown key "<<"/, /not supported/],
      ['project: { name: *x }', '1:18', /project\.name is an alias of nothing/, /anchor/],
      ['? [a]\n: b', '1:3', /a key that is not a text/, /plain word/],
    ];

    it.each(CASES)('loadConfig refuses %j at %s', async (text, at, reason, hint) => {
      const error = await refusal(text);
      expect(`${String(error.line)}:${String(error.column)}`).toBe(at);
      expect(error.message).toMatch(reason);
      expect(error.message).toMatch(/^Cannot use "\.core\/build\.yaml": line \d+, column \d+: /);
      expect(error.hint).toMatch(hint);
      expect(error).toMatchObject({ code: 'ERR_BUILD_CONFIG_INVALID', op: 'build.loadConfig', path: PATH });
    });

    it('loadConfig tells all that is wrong, from top to bottom', async () => {
      const error = await refusal('checksum: { algorithm: md5 }\nx: 1\nbuild: { cgo: 1 }');
      expect(error.problems.map(({ line, key }) => [line, key])).toEqual([
        [1, 'checksum.algorithm'],
        [2, undefined],
        [3, 'build.cgo'],
      ]);
      expect(error.message).toMatch(/\(and 2 more problems\)$/);
      const two = await refusal('zzz: 1\narchive: { wrap: 1, format: tgz }\n'.slice(7));
      expect(two.problems.map(({ column }) => column)).toEqual([18, 29]);
      expect(two.message).toMatch(/: archive\.wrap is the number "1", not true or false \(and 1 more problem\)$/);
      expect((await refusal('zzzzzz: 1')).message).toMatch(/: unknown key "zzzzzz"$/);
      const required = await refusal('targets:\n- os: x\nbuild: { cgo: 1 }');
      expect(required.problems.map(({ line, column }) => [line, column])).toEqual([
        [2, 3],
        [2, 7],
        [3, 15],
      ]);
    });

    it('loadConfig never shows a secret', async () => {
      for (const text of [
        'app_password: 12345678',
        'app_password: [hunter2, 12345678]',
        'app_password: {a: 12345678}',
      ]) {
        const error = await refusal(`sign: { macos: { ${text} } }`);
        expect(JSON.stringify([error.message, error.problems, error])).not.toMatch(/12345678|hunter2/);
      }
    });

    it('loadConfig refuses a file that is called build.yml', async () => {
      const error: unknown = await loadConfig(new MemoryMedium({ '.core/build.yml': '' }), '').catch((e: unknown) => e);
      expect(error).toMatchObject({ code: 'ERR_BUILD_CONFIG_INVALID', hint: 'Rename it to build.yaml.' });
    });

    it('loadConfig refuses a folder, and what is not UTF-8', async () => {
      const folder = loadConfig(new MemoryMedium({ [`${PATH}/x`]: '' }), '');
      await expect(folder).rejects.toMatchObject({ code: 'ERR_BUILD_CONFIG_INVALID', cause: { code: 'EISDIR' } });
      const latin1 = loadConfig(new MemoryMedium({ [PATH]: Buffer.from('name: \xe9', 'latin1') }), '');
      await expect(latin1).rejects.toMatchObject({ code: 'ERR_BUILD_CONFIG_INVALID', hint: 'Save it as UTF-8.' });
    });

    it('loadConfig rejects with the reason of its signal', async () => {
      const reason = new Error('enough');
      const signal = AbortSignal.abort(reason);
      await expect(loadConfig(new MemoryMedium({ [PATH]: '' }), '', { signal })).rejects.toBe(reason);
    });
  });

  describe('Ugly', () => {
    const BOMB = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
      .map(
        (name, i, all) =>
          `${name}: &${name} [${Array(10)
            .fill(i === 0 ? 'x' : `*${all[i - 1] ?? ''}`)
            .join(', ')}]`,
      )
      .join('\n');

    it.each([
      ['aliases of aliases', `build: { flags: [${Array(200).fill('*x').join(', ')}] }`],
      ['an alias bomb', `${BOMB}\nbuild: { flags: *g }`],
      ['an alias of itself', 'build: &b { flags: [*b, *b] }'],
      ['open brackets', `a: ${'['.repeat(30_000)}`],
      ['open braces', '{a: '.repeat(15_000)],
      ['dashes', '- '.repeat(30_000)],
      ['question marks', '? '.repeat(30_000)],
      ['brackets over lines', `${'['.repeat(20)}\n`.repeat(3000)],
      ['closing brackets', ']'.repeat(60_000)],
      ['steps of indentation', Array.from({ length: 340 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
      ['many keys', Array.from({ length: 7000 }, (_, i) => `k${String(i)}: 1`).join('\n')],
      ['one key many times', 'version: 1\n'.repeat(5000)],
      ['NUL', 'project: { name: "a\\0b", binary: "a\\0b" }'],
      ['an unclosed quote', `a: "${'x\n'.repeat(30_000)}`],
    ])('loadConfig refuses %s', async (_, text) => {
      expect((await refusal(text)).line).toBeGreaterThan(0);
    });

    it('loadConfig refuses 10 MB by their size, unread', async () => {
      const medium = new MemoryMedium({ [PATH]: Buffer.alloc(10_000_000, 0x20) });
      medium.read = () => Promise.reject(new Error('read'));
      await expect(loadConfig(medium, '')).rejects.toMatchObject({
        code: 'ERR_BUILD_CONFIG_INVALID',
        message: expect.stringMatching(/10000000 bytes; a configuration has at most 65536/),
      });
    });

    it('loadConfig takes __proto__ for an unknown key', async () => {
      expect((await refusal('__proto__: { x: 1 }\nproject: { constructor: 1 }')).problems).toHaveLength(2);
    });

    it('loadConfig takes Windows line ends', async () => {
      expect((await load('project:\r\n  name: x\r\n')).project.name).toBe('x');
      expect(await refusal('project:\r\n  nam: x\r\n')).toMatchObject({ line: 2, column: 3 });
    });
  });
});
