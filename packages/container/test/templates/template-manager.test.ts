import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DiskMedium, MemoryMedium } from '@core/io';
import { needs } from '@core/tooling/needs';
import { describe, expect, it } from '@jest/globals';

import { TemplateManager } from '../../src/templates/template-manager.ts';
import { containerRefusalOf } from '../../src/testing/refusal.ts';

const OWN = '# My machine\nkernel:\n  cmdline: ${WORDS}\n';

function managerOf(tree: Record<string, string>): TemplateManager {
  return new TemplateManager({ medium: new MemoryMedium(tree), dirs: ['here', 'there'] });
}

describe('TemplateManager', () => {
  describe('Good', () => {
    it('listTemplates gives the built-in ones and then the own ones by name, the first folder first', async () => {
      const manager = managerOf({
        'here/b.yml': '#!  From here\n',
        'there/b.yaml': '# From there\n',
        'there/a.yaml': 'kernel: {}\n# Late\n',
        'here/notes.txt': 'x',
        'here/.hidden.yml': 'x',
      });
      const all = await manager.listTemplates();
      expect(all.map(({ name, description, path, builtIn }) => [name, description, path, builtIn])).toEqual([
        [
          'core-dev',
          'Development machine: Go, Node, PHP, Docker and SSH, with a disk that stays under /data',
          undefined,
          true,
        ],
        ['server-php', 'PHP server: FrankenPHP behind Caddy, with a health check', undefined, true],
        ['a', 'Late', 'there/a.yaml', false],
        ['b', 'From here', 'here/b.yml', false],
      ]);
    });

    it('getTemplate and applyTemplate give one, filled in', async () => {
      const manager = managerOf({ 'here/own.yml': OWN });
      expect((await manager.getTemplate('own')).content).toBe(OWN);
      expect(await manager.applyTemplate('own', { WORDS: 'quiet' })).toBe('# My machine\nkernel:\n  cmdline: quiet\n');
    });

    it('applyTemplate puts a key with a hostile comment into the built-in one as a key', async () => {
      const key = 'ssh-ed25519 AAAA "me": # {}\n  evil: true';
      const text = await managerOf({}).applyTemplate('core-dev', { SSH_KEY: key });
      expect(text).toContain(`contents: ${JSON.stringify(key)}`);
    });

    it('buildImage hands the filled-in template to a builder', async () => {
      const manager = managerOf({ 'here/own.yml': OWN });
      const made = await manager.buildImage('own', {
        vars: { WORDS: 'quiet' },
        format: 'iso-bios',
        dir: 'out',
        builder: ({ content, format, dir, name }) => Promise.resolve([content, format, dir, name]),
      });
      expect(made).toEqual(['# My machine\nkernel:\n  cmdline: quiet\n', 'iso-bios', 'out', 'own']);
    });
  });

  describe('Bad', () => {
    it.each(['none', '../here/own', 'own.yml', '', 'constructor'])(
      'getTemplate refuses %j and names those that there are',
      async (name) => {
        const error = await containerRefusalOf(
          () => managerOf({ 'here/own.yml': OWN }).getTemplate(name),
          'ERR_TEMPLATE_NOT_FOUND',
        );
        expect(error.hint).toBe('There are core-dev, server-php, own; own ones are in here and there.');
      },
    );

    it('a template of the user cannot take the place of a built-in one', async () => {
      const manager = managerOf({ 'here/core-dev.yml': '# Mine\n' });
      expect((await manager.listTemplates()).map(({ name, builtIn }) => [name, builtIn])).toEqual([
        ['core-dev', true],
        ['server-php', true],
      ]);
      expect((await manager.getTemplate('core-dev')).description).toMatch(/^Development machine/);
    });

    it('applyTemplate refuses what is missing', async () => {
      await containerRefusalOf(() => managerOf({}).applyTemplate('server-php'), 'ERR_TEMPLATE_VARIABLE_MISSING');
    });
  });

  describe('Ugly', () => {
    needs('linux')('buildImage runs linuxkit with the template on its stdin, and says how to get it', async () => {
      const root = await realpath(await mkdtemp(join(tmpdir(), 'core-templates-')));
      const path = process.env['PATH'];
      try {
        const medium = new DiskMedium({ root });
        await medium.write('here/own.yml', OWN);
        const manager = new TemplateManager({ medium, dirs: ['here'] });
        const build = (): Promise<readonly string[]> =>
          manager.buildImage('own', { vars: { WORDS: 'quiet' }, dir: 'out, dir', format: 'kernel+initrd' });

        process.env['PATH'] = root;
        const missing = await containerRefusalOf(build, 'ERR_CONTAINER_TOOL_MISSING');
        expect(missing.hint).toContain('Install LinuxKit');

        const script = '#!/bin/sh\nPATH=/usr/bin:/bin\nwhile [ $# -gt 1 ]; do echo "$1" >>"$0.args"; shift; done\n';
        await writeFile(
          join(root, 'linuxkit'),
          `${script}cat >"$0.stdin"; cd "$(sed -n 7p "$0.args")" && touch own-kernel own-initrd.img own-cmdline other\n`,
        );
        await chmod(join(root, 'linuxkit'), 0o755);
        expect(await build()).toEqual(['out, dir/own-cmdline', 'out, dir/own-initrd.img', 'out, dir/own-kernel']);
        expect(await medium.read('linuxkit.args')).toBe(
          `build\n--format\nkernel+initrd\n--name\nown\n--dir\n${root}/out, dir\n`,
        );
        expect(await medium.read('linuxkit.stdin')).toBe('# My machine\nkernel:\n  cmdline: quiet\n');

        await writeFile(join(root, 'linuxkit'), '#!/bin/sh\necho "no such format" >&2\nexit 1\n');
        const failed = await containerRefusalOf(build, 'ERR_CONTAINER_TOOL_FAILED');
        expect(failed.output).toContain('no such format');
        await medium.close();
      } finally {
        process.env['PATH'] = path;
        await rm(root, { recursive: true });
      }
    });
  });
});
