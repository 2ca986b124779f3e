import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';

import { BUILT_IN } from '../../src/templates/builtin/templates.ts';
import { validateTemplate } from '../../src/templates/validate-template.ts';

const HASH = '0123456789abcdef0123456789abcdef01234567';
const ACPID = { name: 'acpid', image: `linuxkit/acpid:${HASH}` };

/** A sound template with one service that is to be looked at. */
function withService(service: Record<string, unknown>, rest: Record<string, unknown> = {}): string {
  const image = `linuxkit/getty:${HASH}`;
  return stringify({
    kernel: { image: 'linuxkit/kernel:6.12.59' },
    services: [ACPID, { name: 'it', image, ...service }],
    ...rest,
  });
}

function told(content: string): string[] {
  return validateTemplate(content).problems.map(({ severity, rule, at }) => `${severity} ${rule} ${at}`);
}

describe('validateTemplate', () => {
  describe('Good', () => {
    it.each(Object.keys(BUILT_IN))('finds nothing in the built-in template %s', (name) => {
      expect(validateTemplate(BUILT_IN[name] ?? '')).toEqual({ valid: true, problems: [] });
    });

    it('takes what LinuxKit takes: every section, old tags, packages that are built on the way, nothing at all', () => {
      const everything = {
        kernel: { image: 'linuxkit/kernel:4.9.x', cmdline: 'quiet', binary: 'kernel', tar: 'none', ucode: '' },
        init: [`linuxkit/init:${HASH}`, '@pkg:../../pkg/init', 'registry.example:5000/a/b@sha256:' + 'a'.repeat(64)],
        onboot: [
          { name: 'a', image: 'linuxkit/sysctl:v0.8', tmpfs: ['/tmp:size=1m'], rlimits: ['nofile,1024,unlimited'] },
        ],
        onshutdown: [{ name: 'a', image: `linuxkit/poweroff:${HASH}`, command: ['/bin/poweroff', '10'] }],
        services: [
          ACPID,
          {
            name: 's',
            image: `linuxkit/sshd:${HASH}`,
            capabilities: ['CAP_NET_ADMIN'],
            'capabilities.add': ['CAP_BPF'],
            'binds.add': ['/root/.ssh:/root/.ssh', 'data:/data:ro'],
            devices: [{ path: '/dev/x', type: 'c', major: 1, minor: 2, mode: '0666' }],
            uid: 'root',
            gid: 5,
            sysctl: { 'net.ipv4.ip_forward': '1' },
            runtime: { mkdir: ['/x'], bindNS: { net: '/run/n' }, interfaces: [{ name: 'eth1', createInRoot: true }] },
          },
        ],
        files: [
          { path: 'etc/a', contents: '' },
          { path: 'etc/b', source: '~/b', optional: true, mode: '0644' },
          { path: 'etc/c', symlink: '/etc/a' },
          { path: 'etc/d', directory: true },
          { path: 'etc/e', metadata: 'yaml' },
        ],
        volumes: [{ name: 'data', readonly: true, format: 'filesystem', platforms: ['linux/amd64'] }],
      };
      expect(validateTemplate(stringify(everything)).problems.filter(({ severity }) => severity === 'error')).toEqual(
        [],
      );
      expect(validateTemplate('').valid).toBe(true);
      expect(validateTemplate('kernel:\n').valid).toBe(false);
    });

    it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
      ['binds that take the place of binds.add', { binds: [], 'binds.add': ['/etc'] }, {}],
      ['capabilities that do', { capabilities: ['all'], 'capabilities.add': ['CAP_NO'] }, {}],
      ['all devices of a kind', { devices: [{ path: 'all', type: 'b' }] }, {}],
      ['mounts whose type and place are known', { mounts: [{ source: 'proc' }, { type: 'sysfs' }] }, {}],
      ['a mount of /dev', { mounts: [{ destination: '/dev' }] }, {}],
      [
        'a read-only volume that is read',
        { mounts: [{ type: 'bind', source: 'data', destination: '/a', options: ['ro'] }], 'binds.add': ['data:/b:ro'] },
        { volumes: [{ name: 'data', readonly: true }] },
      ],
      ['limits with zeros before them', { rlimits: ['RLIMIT_NOFILE, 0000000000000000000000001 , Unlimited'] }, {}],
      ['users that are containers', { uid: 'acpid', gid: 'it', additionalGids: ['root', ''] }, {}],
      ['metadata as JSON', {}, { files: [{ path: 'a', metadata: 'json' }] }],
      ['a file without a mode', {}, { files: [{ path: 'a', contents: '', mode: '', uid: 'it' }] }],
      ['no kernel', {}, { kernel: { image: '' } }],
    ])('takes %s', (_, service, rest) => {
      expect(told(withService(service, rest))).toEqual([]);
    });

    it.each([
      ['oomScoreAdj: 1_000', true],
      ['oomScoreAdj: 0b11', true],
      ['oomScoreAdj: -0x1F', true],
      ['oomScoreAdj: 0O17', true],
      ['oomScoreAdj: 1.5', false],
      ['hostname: 1_000', false],
      ['hostname: 0b11', false],
      ['hostname: 1_0.5', false],
      ['hostname: 0b12', true],
      ['hostname: 1.2.3', true],
      ['hostname: 12e', true],
      ['hostname: 2001-01-01', true],
      ['hostname: yes', true],
    ])('reads %s as its reader does: %p', (line, wanted) => {
      expect(validateTemplate(`onboot:\n  - name: a\n    image: b:1\n    ${line}\n`).valid).toBe(wanted);
    });

    it('judges the first document, and tells that the rest is ignored', () => {
      const content = `---\nkernel:\n  image: a:1\n---\nservice: [\n`;
      expect(validateTemplate(content).valid).toBe(true);
      expect(validateTemplate(content).problems.map(({ line, rule }) => `${String(line)} ${rule}`)).toEqual([
        '4 ignored-document',
      ]);
    });

    it('reads anchors and merges', () => {
      const content = `services:\n  - &base\n    name: acpid\n    image: linuxkit/acpid:${HASH}\n  - <<: *base\n    name: other\n`;
      expect(validateTemplate(content)).toEqual({ valid: true, problems: [] });
    });
  });

  describe('Bad', () => {
    it.each<[string, string, string]>([
      [
        'kernel:\n  image: a:1\n  args: x\n',
        '3:3 error schema kernel/args',
        'kernel has no "args": there are image, cmdline, binary, tar, ucode',
      ],
      [
        'service: []\n',
        '1:1 error schema service',
        'the template has no "service": there are kernel, init, onboot, onshutdown, services, trust, files, volumes',
      ],
      ['services:\n  - name: a\n', '2:5 error schema services/0', 'services/0 needs "image"'],
      [
        'onboot:\n  - name: a\n    image: b:1\n    readonly: yes\n',
        '4:15 error schema onboot/0/readonly',
        'onboot/0/readonly must be boolean',
      ],
      [
        'files:\n  - path: a\n    contents: x\n    mode: 0644\n',
        '4:11 error schema files/0/mode',
        'files/0/mode must be string: write it in quotes',
      ],
      ['init: a:1\n', '1:7 error schema init', 'init must be array'],
      [
        'onboot:\n  - name: a\n    image: b:1\n    runtime: { noRestart: true }\n',
        '4:16 error schema onboot/0/runtime/noRestart',
        'onboot/0/runtime has no "noRestart": there are cgroups, mounts, mkdir, namespace, interfaces, bindNS',
      ],
      [
        'volumes:\n  - name: a\n    format: ext4\n',
        '3:13 error schema volumes/0/format',
        'volumes/0/format must be one of "oci", "filesystem"',
      ],
      [
        'onboot:\n  - name: a\n    image: b:1\n    uid: [1]\n',
        '4:10 error schema onboot/0/uid',
        'onboot/0/uid must be a text or a whole number',
      ],
      ['a: [\n', '2:1 error yaml ', 'Flow sequence in block collection must be sufficiently indented and end with a ]'],
      [
        '- a\n',
        '1:1 error schema ',
        'the template must be a map with kernel, init, onboot, onshutdown, services, trust, files, volumes',
      ],
      ['%YAML 1.2\n---\nkernel: {}\n', '1:1 error yaml ', 'LinuxKit reads YAML 1.1 by its name only'],
      ['%LINUX 1\n---\nkernel: {}\n', '1:1 error yaml ', 'Unknown directive %LINUX'],
      ['kernel:\n  cmdline: "\u0007"\n', '2:13 error yaml ', 'Control characters are not allowed'],
      ['kernel: {}\nkernel: {}\n', '2:1 error yaml ', 'There is another "kernel" in this map'],
      ['files:\nfiles: []\n', '2:1 error yaml ', 'There is another "files" in this map'],
      ['- name: a\nfiles: []\ninit: []\n', '2:1 error yaml ', 'Unexpected scalar at node end'],
      [
        'files:\n  - path: a\n    contents: |\n#      x\n      nameserver 10.0.0.1\n',
        '4:1 error yaml ',
        'This comment ends the text that begins above: indent it further',
      ],
    ])('refuses %j with line, column and reason', (content, where, message) => {
      const { valid, problems } = validateTemplate(content);
      expect(valid).toBe(false);
      expect(
        problems.map(
          ({ line, column, severity, rule, at }) => `${String(line)}:${String(column)} ${severity} ${rule} ${at}`,
        ),
      ).toEqual([where]);
      expect(problems[0]?.message).toBe(message);
    });

    it('refuses a comment that ends a text before its first line', () => {
      const content = 'files:\n  - path: a\n    contents: |\n#      x\n      nameserver 10.0.0.1\n';
      const { valid, problems } = validateTemplate(content);
      expect([valid, problems[0]?.line, problems[0]?.rule]).toEqual([false, 4, 'yaml']);
    });

    it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
      ['the same service twice', { name: 'acpid' }, {}, 'error duplicate-service services/1/name'],
      ['a reference that is none', { image: 'no such thing' }, {}, 'error reference services/1/image'],
      ['an unknown capability', { capabilities: ['CAP_NO'] }, {}, 'error capability services/1/capabilities/0'],
      ['a bind without a target', { 'binds.add': ['/data'] }, {}, 'error bind services/1/binds.add/0'],
      ['a bind with too much', { 'binds.add': ['/a:/b:ro:x'] }, {}, 'error bind services/1/binds.add/0'],
      ['a volume that is not declared', { 'binds.add': ['data:/data'] }, {}, 'error bind services/1/binds.add/0'],
      [
        'a write to a read-only volume',
        { 'binds.add': ['data:/data'] },
        { volumes: [{ name: 'data', readonly: true }] },
        'error bind services/1/binds.add/0',
      ],
      [
        'a volume called twice',
        {},
        { volumes: [{ name: 'a' }, { name: 'a' }] },
        'error duplicate-volume volumes/1/name',
      ],
      ['a volume with a bad name', {}, { volumes: [{ name: 'A b' }] }, 'error volume-name volumes/0/name'],
      ['a tmpfs with too much', { tmpfs: ['/a:b:c'] }, {}, 'error tmpfs services/1/tmpfs/0'],
      ['a limit that is none', { rlimits: ['nofile,1024'] }, {}, 'error rlimit services/1/rlimits/0'],
      ['a file without anything in it', {}, { files: [{ path: 'etc/a' }] }, 'error file files/0'],
      [
        'a file with two contents',
        {},
        { files: [{ path: 'etc/a', contents: 'x', source: 'y' }] },
        'error file files/0',
      ],
      [
        'a file with a mode that is no octal number',
        {},
        { files: [{ path: 'a', contents: '', mode: 'rw' }] },
        'error file files/0',
      ],
      ['unknown metadata', {}, { files: [{ path: 'a', metadata: 'toml' }] }, 'error file files/0'],
      ['a file that is a link too', {}, { files: [{ path: 'a', symlink: 'b', source: 'c' }] }, 'error file files/0'],
      [
        'a directory with contents',
        {},
        { files: [{ path: 'a', directory: true, contents: '' }] },
        'error file files/0',
      ],
      ['a link to nothing', {}, { files: [{ path: 'a', symlink: '' }] }, 'error file files/0'],
      ['empty contents and a source', {}, { files: [{ path: 'a', contents: '', source: 'b' }] }, 'error file files/0'],
      ['a file of nobody', {}, { files: [{ path: 'a', contents: '', uid: 'nobody' }] }, 'error owner files/0/uid'],
      ['a user that is no container', { uid: 'www-data' }, {}, 'error owner services/1/uid'],
      ['a group in quotes', { gid: '5' }, {}, 'error owner services/1/gid'],
      ['another such group', { additionalGids: [5, 'audio'] }, {}, 'error owner services/1/additionalGids/1'],
      [
        'a write to a read-only volume with more than "ro"',
        { 'binds.add': ['data:/data:ro,nosuid'] },
        { volumes: [{ name: 'data', readonly: true }] },
        'error bind services/1/binds.add/0',
      ],
      ['a mount without a type', { mounts: [{ destination: '/a' }] }, {}, 'error mount services/1/mounts/0'],
      ['a mount without a place', { mounts: [{ type: 'tmpfs' }] }, {}, 'error mount services/1/mounts/0'],
      [
        'a mount of a volume that is not declared',
        { mounts: [{ type: 'bind', source: 'data', destination: '/a' }] },
        {},
        'error mount services/1/mounts/0',
      ],
      [
        'a mount that writes to a read-only volume',
        { mounts: [{ type: 'bind', source: 'data', destination: '/a', options: ['rw', 'ro'] }] },
        { volumes: [{ name: 'data', readonly: true }] },
        'error mount services/1/mounts/0',
      ],
      ['a device without a mode', { devices: [{ path: '/dev/a' }] }, {}, 'error device services/1/devices/0'],
      [
        'a device with a mode of more than 32 bits',
        { devices: [{ path: '/dev/a', mode: '20000000000' }] },
        {},
        'error device services/1/devices/0',
      ],
      [
        'a limit of more than 64 bits',
        { rlimits: ['nofile,1,18446744073709551616'] },
        {},
        'error rlimit services/1/rlimits/0',
      ],
      [
        'a number that is too small for what reads it',
        { resources: { cpu: { shares: -1 } } },
        {},
        'error schema services/1/resources/cpu/shares',
      ],
    ])('refuses %s', (_, service, rest, wanted) => {
      const content = withService(service, rest);
      expect(validateTemplate(content).valid).toBe(false);
      expect(told(content).filter((text) => text.startsWith('error'))).toEqual([wanted]);
    });
  });

  describe('Lint', () => {
    it.each<[string, Record<string, unknown>, Record<string, unknown>, readonly string[]]>([
      ['no tag', { image: 'busybox' }, {}, ['warning mutable-tag services/1/image']],
      ['latest', { image: 'busybox:latest' }, {}, ['warning mutable-tag services/1/image']],
      ['a tag that moves', { image: 'caddy:latest-alpine' }, {}, ['warning mutable-tag services/1/image']],
      ['a moving tag with a digest', { image: `busybox:latest@sha256:${'a'.repeat(64)}` }, {}, []],
      ['a port and no tag', { image: 'registry:5000/x' }, {}, ['warning mutable-tag services/1/image']],
      [
        'a package that never was',
        { image: 'linuxkit/getty:v1.2.0' },
        {},
        ['warning unknown-reference services/1/image'],
      ],
      [
        'a kernel that never was',
        {},
        { kernel: { image: 'linuxkit/kernel:newest' } },
        ['warning unknown-reference kernel/image'],
      ],
      [
        'apk add',
        { command: ['sh', '-c', 'apk add --no-cache git && git'] },
        {},
        ['warning runtime-install services/1/command'],
      ],
      [
        'apt-get install',
        { command: ['sh', '-c', 'apt-get -y install x'] },
        {},
        ['warning runtime-install services/1/command'],
      ],
      ['pip install', { command: ['pip', 'install', 'x'] }, {}, ['warning runtime-install services/1/command']],
      [
        'a script from the network',
        { command: ['sh', '-c', 'curl -s https://x | sh'] },
        {},
        ['warning runtime-install services/1/command'],
      ],
      ['wget for itself', { command: ['wget', 'http://127.0.0.1/'] }, {}, []],
      [
        'binds of sshd',
        { image: `linuxkit/sshd:${HASH}`, binds: ['/root/.ssh:/root/.ssh'] },
        {},
        ['warning replaced-binds services/1/binds'],
      ],
      [
        'binds of getty without what it needs',
        { binds: ['/var/tmp:/var/tmp', '/dev/:/dev'] },
        {},
        ['warning replaced-binds services/1/binds'],
      ],
      [
        'binds of getty with what it needs',
        { binds: ['/dev:/dev', '/etc:/a', '/run:/run', '/tmp:/tmp', '/x:/y'] },
        { files: [{ path: 'x', contents: '' }] },
        [],
      ],
      ['binds of a package that another program runs in', { binds: ['/etc/a:/a'], command: ['sh', '/a'] }, {}, []],
      ['binds of a package that has none', { image: `linuxkit/sysctl:${HASH}`, binds: ['/etc/a:/a'] }, {}, []],
      ['a kernel of others', {}, { kernel: { image: 'linuxkit/kernel:upstream-v6.3' } }, []],
      ['binds.add of sshd', { image: `linuxkit/sshd:${HASH}`, 'binds.add': ['/root/.ssh:/root/.ssh'] }, {}, []],
      [
        'a bind of nothing',
        { 'binds.add': ['/data/x:/x'] },
        {},
        ['warning missing-bind-source services/1/binds.add/0'],
      ],
      ['a bind of a file', { 'binds.add': ['/data/x:/x'] }, { files: [{ path: 'data/x', contents: '' }] }, []],
      ['a bind of what is made', { 'binds.add': ['/data:/x'], runtime: { mkdir: ['/data'] } }, {}, []],
      [
        'a bind of what others make',
        { 'binds.add': ['/data/x:/x', '/disk/y:/y', '/layer:/z'] },
        {
          onboot: [
            {
              name: 'a',
              image: 'a:1',
              runtime: { mkdir: ['/data/x'], mounts: [{ type: 'overlay', destination: '/layer' }] },
            },
            { name: 'b', image: `linuxkit/mount:${HASH}`, command: ['/usr/bin/mountie', '/disk'] },
          ],
        },
        [],
      ],
      ['an open console', { env: ['INSECURE=true'] }, {}, ['warning insecure-getty services/1/env']],
      ['trust', {}, { trust: { org: ['linuxkit'] } }, ['warning ignored-trust trust']],
      ['no acpid', {}, { services: [{ name: 'a', image: 'caddy:2.10.2' }] }, ['warning missing-acpid services']],
    ])('tells of %s', (_, service, rest, wanted) => {
      const content = withService(service, rest);
      expect(told(content)).toEqual(wanted);
      expect(validateTemplate(content).valid).toBe(true);
    });
  });

  describe('Ugly', () => {
    it('prints nothing, whatever it reads', () => {
      const warned = jest.spyOn(process, 'emitWarning');
      validateTemplate('? [a]\n: 1\n? {b: c}\n: 2\n');
      expect(warned).not.toHaveBeenCalled();
    });

    it('judges whatever it is given, and says where', () => {
      fc.assert(
        fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (content) => {
          const { valid, problems } = validateTemplate(content);
          expect(valid).toBe(problems.every(({ severity }) => severity === 'warning'));
          for (const { line, column, message } of problems) {
            expect([line >= 1, column >= 1, message.length > 0]).toEqual([true, true, true]);
          }
        }),
      );
    });

    it('does not follow a bomb of aliases', () => {
      const rows = ['a: &a [x, x, x, x, x, x, x, x, x]'];
      for (let at = 1; at < 12; at += 1) {
        const [name, before] = [String.fromCharCode(97 + at), String.fromCharCode(96 + at)];
        rows.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`);
      }
      const { valid, problems } = validateTemplate(rows.join('\n'));
      expect([valid, problems[0]?.rule]).toEqual([false, 'yaml']);
    });
  });
});
