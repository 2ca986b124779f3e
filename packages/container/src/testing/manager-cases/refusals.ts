import { deepEqual, equal, ok, rejects } from 'node:assert/strict';

import type { RunOptions } from '../../run-options.ts';
import type { ManagerConformanceCase } from '../manager-conformance.ts';
import { behaviour, refusal } from './bench.ts';

const MISUSE: readonly (readonly [RunOptions, typeof TypeError | typeof RangeError])[] = [
  [{ name: '../up' }, TypeError],
  [{ name: '' }, TypeError],
  [{ memoryMb: 0 }, RangeError],
  [{ memoryMb: 1.5 }, RangeError],
  [{ cpus: 0 }, RangeError],
  [{ ports: { 70_000: 80 } }, RangeError],
  [{ ports: { 0: 80 } }, RangeError],
  [{ publish: [0] }, RangeError],
  [{ sshPort: -1 }, RangeError],
  [{ bindAddress: 'localhost,hostfwd=tcp::1-:1' }, TypeError],
  [{ volumes: { '/tmp': 'relative' } }, TypeError],
  [{ volumes: { '/tmp': '/a', '/etc': '/a/' } }, TypeError],
  [{ user: '-oProxyCommand=x' }, TypeError],
  [{ waitTimeoutMs: 0 }, RangeError],
  [{ waitFor: { httpPort: 8080 } }, RangeError],
];

/** What is refused, and that nothing is left of it. */
export const refusals: readonly ManagerConformanceCase[] = [
  behaviour('run() refuses misuse before anything happens', async ({ started, manager }) => {
    for (const [options, kind] of MISUSE) await rejects(started(options), kind, JSON.stringify(options));
    deepEqual(await manager.list(), []);
  }),
  behaviour('run() refuses an image that is not there', async ({ manager, subject }) => {
    const image = `${subject.image}.no-such`;
    const error = await refusal('ERR_CONTAINER_IMAGE_NOT_FOUND', manager.run(image, { detach: true }));
    ok(error.message.includes(image), error.message);
    deepEqual(await manager.list(), []);
  }),
  behaviour('run() refuses a volume that is not there', async ({ started, manager }) => {
    await refusal('ERR_CONTAINER_VOLUME_NOT_FOUND', started({ volumes: { '/no/such/dir': '/data' } }));
    deepEqual(await manager.list(), []);
  }),
  behaviour('run() refuses a name that another machine has', async ({ started, manager }) => {
    await started({ name: 'taken' });
    await refusal('ERR_CONTAINER_NAME_TAKEN', started({ name: 'taken' }));
    equal((await manager.list()).length, 1);
  }),
  behaviour(
    'run() refuses a port that is in use',
    async ({ started, manager }) => {
      const { sshPort } = await started();
      await refusal('ERR_CONTAINER_PORT_IN_USE', started({ name: 'late', ports: { [sshPort]: 80 } }));
      equal((await manager.list()).length, 1);
      equal((await started({ name: 'late' })).name, 'late');
    },
    ['ports'],
  ),
  behaviour('run() rejects with the reason of its signal, and leaves nothing', async ({ started, manager }) => {
    const reason = new Error('changed my mind');
    equal(await started({ signal: AbortSignal.abort(reason) }).catch((error: unknown) => error), reason);
    const controller = new AbortController();
    const starting = started({ name: 'stillborn', signal: controller.signal, waitFor: { console: 'never said' } });
    setImmediate(() => {
      controller.abort(reason);
    });
    equal(await starting.catch((error: unknown) => error), reason);
    deepEqual(await manager.list(), []);
  }),
  behaviour('run() ends a machine that is not ready in time', async ({ started, manager }) => {
    const wait = { waitFor: { console: 'never said by any console' }, waitTimeoutMs: 300 } as const;
    await refusal('ERR_CONTAINER_NOT_READY', started({ name: 'late', ...wait }));
    deepEqual(await manager.list(), []);
  }),
  behaviour('start() of a machine that runs is refused', async ({ started, manager }) => {
    const { id } = await started();
    await refusal('ERR_CONTAINER_RUNNING', manager.start(id));
  }),
  behaviour('start() of a machine that is not there is refused', async ({ manager }) => {
    await refusal('ERR_CONTAINER_NOT_FOUND', manager.start('nobody'));
    for (const method of ['stop', 'kill', 'wait', 'remove'] as const) {
      await refusal('ERR_CONTAINER_NOT_FOUND', manager[method]('nobody'));
    }
    await refusal('ERR_CONTAINER_NOT_FOUND', manager.exec('nobody', ['true']));
  }),
];
