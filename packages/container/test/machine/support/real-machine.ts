import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, afterEach } from '@jest/globals';

import { localMedium } from '@core/io';
import { Service } from '@core/process';

import type { HypervisorCommand, MachinePaths } from '../../../src/hypervisors/hypervisor.ts';
import type { MachineImage } from '../../../src/image/image.ts';
import { launchMachine } from '../../../src/machine/launch.ts';
import { MachineControl } from '../../../src/machine/machine-control.ts';
import { machinePaths } from '../../../src/machine/machine-paths.ts';
import type { MachineRecord } from '../../../src/machine/machine-process.ts';
import { untilConsoleShows } from '../../../src/readiness/console-watch.ts';
import { tempDir } from './temp-dir.ts';

const service = new Service();
const started: MachineControl[] = [];
let count = 0;

afterEach(async () => {
  await Promise.all(started.splice(0).map((control) => control.kill()));
});

afterAll(async () => {
  await service.close();
});

/** A machine of QEMU that a test starts, as often as it likes. Its guest has no more than a firmware unless `boot` says. */
export class RealMachine {
  readonly id: string = (count += 1).toString(16).padStart(8, '0');
  readonly uuid: string = randomUUID();
  readonly paths: MachinePaths;
  readonly #boot: readonly string[];

  constructor(boot: readonly string[] = ['-machine', 'none'], stateDir: string = tempDir()) {
    this.#boot = boot;
    this.paths = machinePaths(stateDir, this.id);
  }

  /** What starts it; `more` comes after its own arguments. */
  command(more: readonly string[] = []): HypervisorCommand {
    const { console, log, control, events, pidFile } = this.paths;
    const escaped = (path: string): string => path.replaceAll(',', ',,');
    const args = [
      ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-accel', 'tcg', '-uuid', this.uuid],
      ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
      ...[
        '-chardev',
        `socket,id=console,path=${escaped(console)},server=on,wait=off,logfile=${escaped(log)},logappend=on`,
      ],
      ...[
        '-chardev',
        `socket,id=control,path=${escaped(control)},server=on,wait=off`,
        '-mon',
        'chardev=control,mode=control',
      ],
      ...['-chardev', `null,id=events,logfile=${escaped(events)},logappend=on`, '-mon', 'chardev=events,mode=control'],
      ...['-pidfile', pidFile, ...this.#boot, ...more],
    ];
    return { command: 'qemu-system-x86_64', args, helpers: [] };
  }

  async start(command: HypervisorCommand = this.command(), signal?: AbortSignal): Promise<MachineControl> {
    const { id, uuid, paths } = this;
    const { pid, identity } = await launchMachine(command, paths, {
      ...{ id, uuid, service, signal, control: 'qmp' as const },
      image: this.#image(),
    });
    return this.attach({ id, uuid, pid, identity });
  }

  attach(record: MachineRecord): MachineControl {
    const control = new MachineControl(record, this.paths, { control: 'qmp' });
    started.push(control);
    return control;
  }

  /** The disk among the arguments. */
  #image(): MachineImage | undefined {
    const path = /"filename":"([^"]+)"/.exec(this.#boot.join(' '))?.[1];
    return path === undefined ? undefined : { format: 'raw', path };
  }

  /** Waits until its guest runs. */
  async ready(pattern = 'READY', start = 0): Promise<void> {
    await untilConsoleShows(localMedium(), this.paths.log, { pattern, start, signal: AbortSignal.timeout(30_000) });
  }

  /** The names of all that is in its directory. */
  async files(): Promise<string[]> {
    return (await localMedium().list(this.paths.dir)).map(({ name }) => name);
  }

  /** A path in its directory. */
  file(name: string): string {
    return join(this.paths.dir, name);
  }
}
