import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { Writable } from 'node:stream';

import type { ManagerConformanceCase } from '../manager-conformance.ts';
import { behaviour } from './bench.ts';

/** What comes of a start. */
export const starts: readonly ManagerConformanceCase[] = [
  behaviour('run() gives a machine that runs, with an id of 8 hex characters', async ({ started, subject }) => {
    const machine = await started();
    match(machine.id, /^[0-9a-f]{8}$/);
    equal(machine.name, machine.id);
    equal(machine.status, 'running');
    ok(machine.pid > 0);
    ok(machine.image.length > 0 && machine.image.startsWith('/'), `${machine.image} of ${subject.image}`);
    ok(Math.abs(Date.now() - machine.startedAt.getTime()) < 3_600_000);
  }),
  behaviour('run() gives machines their own ids, names, processes and ports', async ({ started }) => {
    const machines = [await started({ name: 'one', memoryMb: 256 }), await started({ name: 'two', cpus: 1 })];
    deepEqual(
      machines.map(({ name }) => name),
      ['one', 'two'],
    );
    for (const key of ['id', 'pid', 'uuid'] as const) equal(new Set(machines.map((each) => each[key])).size, 2, key);
    const ports = machines.map(({ sshPort }) => sshPort).filter((port) => port !== 0);
    equal(new Set(ports).size, ports.length);
  }),
  behaviour(
    'run() finds free ports for those that are only published',
    async ({ started }) => {
      const machines = await Promise.all([started({ publish: [80, 8080] }), started({ publish: [80] })]);
      const [first, second] = machines.map(({ ports }) => Object.values(ports).toSorted((a, b) => a - b));
      deepEqual([first, second], [[80, 8080], [80]]);
      const hosts = machines.flatMap(({ ports, sshPort }) => [...Object.keys(ports), String(sshPort)]);
      equal(new Set(hosts).size, 5);
    },
    ['ports'],
  ),
  behaviour('run() in the foreground shows the console, and resolves when the machine has ended', async (bench) => {
    const { subject, manager, other } = bench;
    const shown: Buffer[] = [];
    let greeted: () => void = () => undefined;
    const greeting = new Promise<void>((resolve) => (greeted = resolve));
    const output = new Writable({
      write(chunk: Buffer, _encoding, done) {
        shown.push(chunk);
        if (Buffer.concat(shown).includes(subject.greeting)) greeted();
        done();
      },
    });
    const running = manager.run(subject.image, { ...subject.options, name: 'shown', output });
    await Promise.race([greeting, running]);
    const stopper = await other();
    await stopper.kill('shown');
    const ended = await running;
    equal(ended.status, 'stopped');
    equal(ended.pid, 0);
    ok(Buffer.concat(shown).includes(subject.greeting));
    ok(!output.writableEnded, 'the output was ended');
  }),
  behaviour('run() removes a machine that is to be removed when it has ended', async ({ started, manager }) => {
    const { id } = await started({ autoRemove: true });
    await manager.kill(id);
    deepEqual(await manager.list(), []);
  }),
  behaviour('start() starts a machine again, with its id, name and ports', async ({ started, manager }) => {
    const first = await started({ name: 'again' });
    await manager.kill('again');
    const second = await manager.start('again');
    deepEqual([second.id, second.name, second.status], [first.id, 'again', 'running']);
    deepEqual(second.ports, first.ports);
    equal(second.exitReason, undefined);
    ok(second.startedAt >= first.startedAt);
  }),
];
