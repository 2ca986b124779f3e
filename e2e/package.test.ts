import { needs } from '@core/tooling/needs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Consumer, installConsumer } from './support/consumer.ts';

let installed: Consumer | undefined;
beforeAll(async () => {
  installed = await installConsumer();
}, 180_000);
afterAll(async () => {
  await installed?.[Symbol.asyncDispose]();
});

/** Runs a fixture of the project with a Node; its standard output. */
function run(node: string, file: string): Promise<string> {
  if (installed === undefined) throw new Error('The packages were not installed');
  return installed.run(node, file);
}

const NODES = [
  { version: 'the Node that runs the tests', declare: it, node: () => process.execPath },
  { version: 'Node 22', declare: needs('node22'), node: () => process.env['CORE_NODE_22'] ?? '' },
  { version: 'Node 24', declare: needs('node24'), node: () => process.env['CORE_NODE_24'] ?? '' },
] as const;

for (const { version, declare, node } of NODES) {
  describe(`Good, on ${version}`, () => {
    declare(
      'every subpath of the installed packages loads by import and by require',
      async () => {
        expect(Number(await run(node(), 'subpaths.mjs'))).toBeGreaterThanOrEqual(15);
      },
      60_000,
    );

    declare(
      'errors are recognised across import and require',
      async () => {
        expect(await run(node(), 'errors.cjs')).toBe('true true ENOENT\n');
      },
      60_000,
    );

    declare(
      'the media pass the conformance suite',
      async () => {
        expect(await run(node(), 'conformance.mjs')).toBe('memory 0 failed\ndisk 0 failed\noverlay 0 failed\n');
      },
      120_000,
    );

    declare(
      'processes and graphs of tasks run, and what has not changed is not run again',
      async () => {
        expect(await run(node(), 'tasks.mjs')).toBe(
          [
            ...['o1 e1 o2 e2 o3 e3', '9 10', '42'],
            ...['', 'up passed, show passed HELLO', 'up cached, show passed HELLO', '0 0 0 0', ''],
          ].join('\n'),
        );
      },
      120_000,
    );

    declare(
      'a project is released and read back',
      async () => {
        expect(await run(node(), 'release.mjs')).toMatch(/^[0-9a-f]{64} /m);
      },
      120_000,
    );
  });
}
