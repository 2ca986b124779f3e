import { equal, match, ok } from 'node:assert/strict';

import type { Volume } from '../../container.ts';
import type { HypervisorConformanceCase } from '../hypervisor-conformance.ts';
import { behaviour, build, misused, says, textsOf } from './bench.ts';

/** That a machine has what the capabilities promise, and nothing is quietly left out. */
export const devices: readonly HypervisorConformanceCase[] = [
  behaviour('buildCommand() has the console written into the log', (subject) => {
    ok(says(build(subject), subject.machine.paths.log), 'the log is not named');
  }),
  behaviour('buildCommand() gives the machine its control socket, its number file and its events', (subject) => {
    const { hypervisor, machine } = subject;
    const command = build(subject);
    ok(says(command, machine.paths.pidFile), 'the pid file is not named');
    const { control } = hypervisor.capabilities;
    if (control !== 'signals') ok(says(command, machine.paths.control), 'the control socket is not named');
    equal(says(command, machine.paths.events), control === 'qmp');
  }),
  behaviour('buildCommand() gives the machine a port for the agent where it can', (subject) => {
    const { hypervisor, machine } = subject;
    equal(says(build(subject), machine.paths.agent), hypervisor.capabilities.agent);
  }),
  behaviour('buildCommand() forwards ports of the given address only, or refuses them', (subject) => {
    const ports = [{ host: 40_022, guest: 22 }];
    if (!subject.hypervisor.capabilities.portForwarding) {
      misused(() => build(subject, { ports }), 'ports');
      return;
    }
    const text = textsOf(build(subject, { ports, bindAddress: '127.0.0.7' })).find((each) => each.includes('40022'));
    match(text ?? '', /127\.0\.0\.7:40022/);
    misused(() => build(subject, { ports: [...ports, { host: 40_022, guest: 80 }] }), 'a port twice');
  }),
  behaviour('buildCommand() shares folders by each of its drivers, under their tags', (subject) => {
    for (const driver of subject.hypervisor.capabilities.volumes) {
      const volumes = [volumeOf('one', driver), volumeOf('two', driver)];
      const command = build(subject, { volumes });
      for (const { source, tag } of volumes) ok(says(command, source) && says(command, tag), `${tag} is not shared`);
    }
  }),
  behaviour('buildCommand() refuses tags that a guest cannot tell apart or mount', (subject) => {
    for (const driver of subject.hypervisor.capabilities.volumes) {
      const twice = [volumeOf('one', driver), { ...volumeOf('two', driver), tag: 'one' }];
      misused(() => build(subject, { volumes: twice }), 'a tag twice');
      for (const tag of ['', 'x'.repeat(32)]) {
        misused(() => build(subject, { volumes: [{ ...volumeOf('one', driver), tag }] }), 'a tag');
      }
    }
  }),
  behaviour('buildCommand() refuses volumes of drivers that it does not name', (subject) => {
    for (const driver of ['9p', 'virtiofs'] as const) {
      if (subject.hypervisor.capabilities.volumes.includes(driver)) continue;
      misused(() => build(subject, { volumes: [volumeOf('one', driver)] }), driver);
    }
  }),
  behaviour('buildCommand() adds disks', (subject) => {
    const disks = [{ path: '/disks/data.raw', format: 'raw' }] as const;
    ok(says(build(subject, { disks }), '/disks/data.raw'), 'the disk is not there');
  }),
  behaviour('buildCommand() goes on from a saved memory, or refuses it', (subject) => {
    const resumeFrom = subject.machine.paths.savedState;
    if (subject.hypervisor.capabilities.savedState)
      ok(says(build(subject, { resumeFrom }), resumeFrom), 'it is not read');
    else misused(() => build(subject, { resumeFrom }), 'a saved memory');
  }),
];

function volumeOf(tag: string, driver: Volume['driver']): Volume {
  return { source: `/srv/${tag}`, target: `/mnt/${tag}`, tag, readOnly: false, driver };
}
