import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { archiveFormats } from '../../src/archive/format.ts';
import { noise, prose } from '../../src/testing/archive-cases/encoding.ts';
import { onDisk } from './support/tools.ts';

const PACK = fileURLToPath(new URL('fixtures/pack.mjs', import.meta.url));

describe('archives on another architecture', () => {
  describe('Ugly', () => {
    needs('qemu-aarch64', 'nodeArm64')(
      'archive makes the same bytes on x86-64 and on arm64, with one worker and with two',
      async () => {
        await onDisk(async (medium, path) => {
          await medium.write('app', Buffer.concat([noise(700_000), prose(700_000)]), { mode: 0o755 });
          await medium.write('ünï b', 'text');
          const arm64 = process.env['CORE_NODE_ARM64'] ?? '';
          const here = await promisify(execFile)(process.execPath, [PACK, path, '2']);
          const there = await promisify(execFile)('qemu-aarch64', [arm64, PACK, path, '1']);
          expect(there.stdout).toBe(here.stdout);
          expect(here.stdout.trim().split('\n')).toHaveLength(archiveFormats().length);
        });
      },
      300_000,
    );
  });
});
