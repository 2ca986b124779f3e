import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { LinuxKitManager, openImage, QemuHypervisor } from '@core/container';
import { buildTestImage } from '@core/container/testing';
import { localMedium } from '@core/io';

import { compare } from './support/rounds.mjs';

const PROGRAM = fileURLToPath(new URL('support/state-subject.mjs', import.meta.url));
const COMMANDS = 5;
const BOOTS = 3;
const STARTS = 9;
const LINES = 100;
const UUID = '00000000-0000-4000-8000-000000000001';

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** A figure against the most that it may be. */
function against(question, ms, mostMs) {
  console.log(`${question}: ${ms.toFixed(2)} ms (wanted at most ${mostMs} ms)`);
  return { question, peer: `${mostMs} ms`, want: '≤ 1', ratio: ms / mostMs };
}

/** Commands in a guest, one after the other, by its agent, and by SSH. */
async function execs(manager, id) {
  const by = (via) => async () => {
    for (let command = 0; command < COMMANDS; command += 1) await manager.exec(id, ['true'], { via });
  };
  return compare({
    ...{ question: 'run `true` in a guest, five times', want: '≤ 0.05', rounds: 9 },
    ...{ ours: by('agent'), peers: { 'over SSH': by('ssh') } },
  });
}

/** From the saved memory to the first command, and from power on to the first command. */
async function resumes(manager, image) {
  const ratios = [];
  for (let round = 0; round < BOOTS; round += 1) {
    let machine;
    const cold = await timed(async () => {
      machine = await manager.run(image.images.kernel, { detach: true, memoryMb: 256, waitFor: 'agent' });
      await manager.exec(machine.id, ['true'], { via: 'agent' });
    });
    await manager.suspend(machine.id);
    const resumed = await timed(async () => {
      await manager.resume(machine.id);
      await manager.exec(machine.id, ['true'], { via: 'agent' });
    });
    await manager.remove(machine.id, { force: true });
    console.log(`first command after resume ${resumed.toFixed(0)} ms, after a cold boot ${cold.toFixed(0)} ms`);
    ratios.push(resumed / cold);
  }
  return [{ question: 'resume to the first command', peer: 'a cold boot', want: '≤ 0.2', ratio: median(ratios) }];
}

/** How long a line that is appended to the console's log takes to whoever follows it. */
async function follows(manager, id, stateDir) {
  const log = join(stateDir, 'vms', id, 'console.log');
  const lines = manager.logs(id, { follow: true }).lines()[Symbol.asyncIterator]();
  const until = async (wanted) => {
    for (;;) if ((await lines.next()).value === wanted) return;
  };
  appendFileSync(log, '\r\nbegin\r\n');
  await until('begin');
  const times = [];
  for (let line = 0; line < LINES; line += 1) {
    const shown = until(`line ${line}`);
    await pause(2); // the reader waits
    times.push(
      await timed(async () => {
        appendFileSync(log, `line ${line}\r\n`);
        await shown;
      }),
    );
  }
  await lines.return?.();
  return [against('follow a log, from the write to the reader', median(times), 5)];
}

/** A manager that has just been opened, up to the word of a hypervisor that another program started. */
async function attaches(stateDir, id) {
  const times = [];
  for (let round = 0; round < STARTS; round += 1) {
    times.push(
      await timed(async () => {
        const manager = await LinuxKitManager.open({ stateDir });
        await manager.list();
        await manager.stats(id);
        await manager.close();
      }),
    );
  }
  return [against('open, list, and ask a machine of another program', median(times), 250)];
}

/** QEMU as it is: from the spawn to its greeting. */
async function bareStart(command, control) {
  const child = spawn(command.command, command.args, { stdio: 'ignore' });
  const greeted = () =>
    new Promise((resolve) => {
      const socket = connect(control);
      const end = (answer) => (socket.destroy(), resolve(answer));
      socket.once('data', () => end(true)).once('error', () => end(false));
    });
  const ms = await timed(async () => {
    while (!(await greeted())) await pause(1);
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  return ms;
}

/** What `run` adds to QEMU's own start. */
async function starts(manager, image, stateDir) {
  const qemu = new QemuHypervisor();
  const found = await qemu.available();
  const machine = await openImage(localMedium(), image.images.kernel);
  const dir = join(stateDir, 'bare');
  mkdirSync(dir);
  const names = [
    'log',
    'console',
    'control',
    'events',
    'agent',
    'pidFile',
    'stderr',
    'knownHosts',
    'overlay',
    'savedState',
  ];
  const paths = { dir, ...Object.fromEntries(names.map((name) => [name, join(dir, name)])) };
  const command = qemu.buildCommand(machine, {
    ...{ id: '00000000', name: 'bare', uuid: UUID, command: found.command, parts: found.parts },
    ...{ platform: process.platform, arch: 'x86_64', accelerator: found.accelerator, memoryMb: 256, cpus: 1 },
    ...{ paths, ports: [{ host: 0, guest: 22 }], bindAddress: '127.0.0.1', volumes: [], disks: [] },
  });
  const added = [];
  for (let round = 0; round < STARTS; round += 1) {
    const bare = await bareStart(command, paths.control);
    let started;
    const ours = await timed(async () => {
      started = await manager.run(image.images.kernel, { detach: true, memoryMb: 256 });
    });
    await manager.remove(started.id, { force: true });
    added.push(ours - bare);
  }
  rmSync(dir, { recursive: true });
  return [against("run({ waitFor: 'started' }), beyond QEMU's own start", median(added), 150)];
}

/** 4 programs that each change the state 50 times at once: how many changes are kept. */
async function changes(stateDir) {
  const began = performance.now();
  const programs = [0, 1, 2, 3].map(() => spawn(process.execPath, [PROGRAM, stateDir, '50'], { stdio: 'inherit' }));
  await Promise.all(programs.map((program) => once(program, 'exit')));
  const tookMs = performance.now() - began;
  const manager = await LinuxKitManager.open({ stateDir });
  const kept = (await manager.state.list()).length;
  await manager.close();
  console.log(`4 programs × 50 changes of the state: ${kept} of 200 kept, in ${tookMs.toFixed(0)} ms`);
  return [{ question: 'changes kept of 4 programs × 50', peer: '200', want: '1', ratio: kept / 200 }];
}

export async function run() {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'core-bench-')));
  const stateDir = join(dir, 'state');
  const manager = await LinuxKitManager.open({ stateDir });
  try {
    const image = await buildTestImage({ formats: [] });
    const options = { detach: true, memoryMb: 256, sshKey: image.sshKey, waitFor: { all: ['ssh', 'agent'] } };
    const { id } = await manager.run(image.images.kernel, options);
    const results = [
      ...(await execs(manager, id)),
      ...(await follows(manager, id, stateDir)),
      ...(await attaches(stateDir, id)),
    ];
    await manager.remove(id, { force: true });
    results.push(...(await starts(manager, image, stateDir)), ...(await resumes(manager, image)));
    results.push(...(await changes(join(dir, 'changes'))));
    return results;
  } finally {
    for (const { id } of await manager.list()) await manager.remove(id, { force: true });
    await manager.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
