import { deepEqual, equal, ok } from 'node:assert/strict';

import type { ManagerConformanceCase } from '../manager-conformance.ts';
import { behaviour, refusal, textOf } from './bench.ts';

/** What is told of machines. */
export const answers: readonly ManagerConformanceCase[] = [
  behaviour('list() is empty where there is no machine', async ({ manager }) => {
    deepEqual(await manager.list(), []);
  }),
  behaviour('list() tells the machines of every manager, the oldest first', async ({ started, other, subject }) => {
    const first = await started({ name: 'first' });
    const second = await other();
    await second.run(subject.image, { ...subject.options, detach: true, name: 'second' });
    const names = (await second.list()).map(({ name }) => name);
    deepEqual(names, ['first', 'second']);
    deepEqual((await second.list())[0], first);
  }),
  behaviour('list() tells only those of a status', async ({ started, manager }) => {
    await started({ name: 'running' });
    await started({ name: 'ended' });
    await manager.kill('ended');
    const named = async (status: 'error' | 'running' | 'stopped'): Promise<string[]> =>
      (await manager.list({ status: [status] })).map(({ name }) => name);
    deepEqual([await named('running'), await named('stopped'), await named('error')], [['running'], ['ended'], []]);
    equal((await manager.list({ status: ['running', 'stopped'] })).length, 2);
  }),
  behaviour('inspect() takes an id, a beginning of one, or a name', async ({ started, manager }) => {
    const machine = await started({ name: 'Web.1' });
    for (const word of [machine.id, machine.id.slice(0, 4), 'Web.1']) {
      deepEqual(await manager.inspect(word), machine, word);
    }
  }),
  behaviour('inspect() refuses what is there not, and what is there twice', async ({ started, manager }) => {
    await refusal('ERR_CONTAINER_NOT_FOUND', manager.inspect('nobody'));
    const { id } = await started();
    const { id: other } = await started();
    let common = 0;
    while (id[common] === other[common]) common += 1;
    if (common > 0) await refusal('ERR_CONTAINER_AMBIGUOUS', manager.inspect(id.slice(0, common)));
    equal((await manager.inspect(id.slice(0, common + 1))).id, id);
  }),
  behaviour('logs() are the console from the beginning, also of a machine that has ended', async (bench) => {
    const { up, manager, subject } = bench;
    const { id } = await up();
    const running = await textOf(manager.logs(id));
    ok(running.includes(subject.greeting), running);
    await manager.kill(id);
    ok((await textOf(manager.logs(id))).startsWith(running));
  }),
  behaviour('logs() of the tail are its last lines', async ({ up, manager }) => {
    const { id } = await up();
    await manager.stop(id);
    const lines: string[] = [];
    for await (const line of manager.logs(id).lines()) lines.push(line);
    const last: string[] = [];
    for await (const line of manager.logs(id, { tail: 2 }).lines()) last.push(line);
    deepEqual(last, lines.slice(-2));
  }),
  behaviour('logs() reject with the reason of their signal', async ({ up, manager }) => {
    const { id } = await up();
    const controller = new AbortController();
    const reason = new Error('enough');
    const following = textOf(manager.logs(id, { follow: true, signal: controller.signal }));
    controller.abort(reason);
    equal(await following.catch((error: unknown) => error), reason);
  }),
  behaviour('logs() of no machine are refused', async ({ manager }) => {
    await refusal('ERR_CONTAINER_NOT_FOUND', textOf(manager.logs('nobody')));
  }),
];
