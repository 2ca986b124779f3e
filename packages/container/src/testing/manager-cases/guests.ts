import { deepEqual, equal } from 'node:assert/strict';

import type { ManagerConformanceCase } from '../manager-conformance.ts';
import { behaviour, refusal } from './bench.ts';

const HOSTILE = [
  '',
  ' two  spaces ',
  "it's",
  '"double"',
  '$(id) `id` $HOME',
  'new\nline',
  '-n',
  '*',
  'é 日本 🚀',
  '\\',
  '~',
];

/** Commands in guests. */
export const guests: readonly ManagerConformanceCase[] = [
  behaviour(
    'exec() gives what the command wrote, and how it ended',
    async ({ up, manager }) => {
      const { id } = await up();
      const result = await manager.exec(id, ['sh', '-c', 'echo out; echo err >&2; exit 7']);
      deepEqual([result.exitCode, result.stdout, result.stderr], [7, 'out\n', 'err\n']);
      equal((await manager.exec(id, ['true'])).exitCode, 0);
      equal((await manager.exec(id, ['/no/such/program'])).exitCode, 127);
    },
    ['exec'],
  ),
  behaviour(
    'exec() hands over every argument exactly as it is',
    async ({ up, manager }) => {
      const { id } = await up();
      const { stdout } = await manager.exec(id, ['printf', '<%s>', ...HOSTILE]);
      equal(stdout, HOSTILE.map((word) => `<${word}>`).join(''));
    },
    ['exec'],
  ),
  behaviour(
    'exec() gives the command its stdin, and nothing where there is none',
    async ({ up, manager }) => {
      const { id } = await up();
      equal((await manager.exec(id, ['cat'], { input: 'one\ntwo' })).stdout, 'one\ntwo');
      equal((await manager.exec(id, ['cat'])).stdout, '');
    },
    ['exec'],
  ),
  behaviour('exec() in a machine that does not run is refused', async ({ started, manager }) => {
    const { id } = await started();
    await manager.kill(id);
    await refusal('ERR_CONTAINER_NOT_RUNNING', manager.exec(id, ['true']));
  }),
];
