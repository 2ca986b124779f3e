import { deepEqual, equal, ok } from 'node:assert/strict';

import type { ManagerConformanceCase } from '../manager-conformance.ts';
import { behaviour, processEnded, refusal, textOf } from './bench.ts';

/** How machines end. */
export const endings: readonly ManagerConformanceCase[] = [
  behaviour('stop() has the guest shut down, and tells so', async ({ up, manager }) => {
    const { id } = await up();
    await manager.stop(id);
    const machine = await manager.inspect(id);
    equal(machine.status, 'stopped');
    equal(machine.pid, 0);
    equal(machine.exitReason, 'guest-shutdown');
    ok(machine.stoppedAt !== undefined && machine.stoppedAt >= machine.startedAt);
  }),
  behaviour('stop() of a machine that is stopped is refused', async ({ started, manager }) => {
    const { id } = await started();
    await manager.kill(id);
    equal((await refusal('ERR_CONTAINER_NOT_RUNNING', manager.stop(id))).id, id);
    await refusal('ERR_CONTAINER_NOT_RUNNING', manager.kill(id));
  }),
  behaviour('stop() of one that another manager started works', async ({ up, other }) => {
    const { id } = await up();
    const second = await other();
    await second.stop(id);
    equal((await second.inspect(id)).exitReason, 'guest-shutdown');
  }),
  behaviour('kill() ends it at once, and tells so', async ({ started, manager }) => {
    const { id } = await started();
    await manager.kill(id);
    const machine = await manager.inspect(id);
    deepEqual([machine.status, machine.pid, machine.exitReason], ['stopped', 0, 'killed']);
  }),
  behaviour('wait() resolves with the machine when it has ended', async ({ started, manager, other }) => {
    const { id } = await started();
    const waiting = manager.wait(id);
    const second = await other();
    await second.kill(id);
    equal((await waiting).status, 'stopped');
    equal((await manager.wait(id)).status, 'stopped');
  }),
  behaviour('wait() rejects with the reason of its signal, and the machine runs on', async ({ started, manager }) => {
    const { id } = await started();
    const controller = new AbortController();
    const reason = new Error('no time');
    const waiting = manager.wait(id, { signal: controller.signal });
    controller.abort(reason);
    equal(await waiting.catch((error: unknown) => error), reason);
    equal((await manager.inspect(id)).status, 'running');
  }),
  behaviour('list() finds out that a machine has died', async ({ started, manager }) => {
    const { id, pid } = await started();
    process.kill(pid, 'SIGKILL');
    await processEnded(pid);
    const [machine] = await manager.list();
    deepEqual([machine?.id, machine?.status, machine?.pid], [id, 'stopped', 0]);
    ok((machine?.exitReason ?? '').length > 0, 'without a reason');
  }),
  behaviour('remove() removes a machine with its name', async ({ started, manager }) => {
    const { id } = await started({ name: 'gone' });
    await manager.kill('gone');
    await manager.remove('gone');
    await refusal('ERR_CONTAINER_NOT_FOUND', manager.inspect(id));
    deepEqual(await manager.list(), []);
    equal((await started({ name: 'gone' })).name, 'gone');
  }),
  behaviour('remove() of a machine that runs is refused, unless it is forced', async ({ started, manager }) => {
    const { id } = await started();
    await refusal('ERR_CONTAINER_RUNNING', manager.remove(id));
    equal((await manager.inspect(id)).status, 'running');
    await manager.remove(id, { force: true });
    await refusal('ERR_CONTAINER_NOT_FOUND', manager.inspect(id));
  }),
  behaviour('logs() that follow end when the machine does', async ({ up, manager, subject }) => {
    const { id } = await up();
    const following = textOf(manager.logs(id, { follow: true }));
    await manager.stop(id);
    const console = await following;
    ok(console.includes(subject.greeting), console);
    equal(await textOf(manager.logs(id)), console);
  }),
];
