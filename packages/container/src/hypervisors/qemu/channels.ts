import type { MachineOptions } from '../hypervisor.ts';
import { optionList } from './escape.ts';

/** How the machine is heard and spoken to: its console, the guest's agent, the manager's control, and its events. */
export function channelArgs({ paths }: MachineOptions): string[] {
  const { console: serial, log, agent, control, events, pidFile } = paths;
  return [
    // QEMU itself writes the log, whoever is attached or gone, and goes on with it after a restart
    ...['-chardev', listener('console', serial, { logfile: log, logappend: 'on' }), '-serial', 'chardev:console'],
    ...['-device', 'virtio-serial-pci,id=serial0', '-chardev', listener('agent', agent)],
    ...['-device', 'virtserialport,id=agent-port,bus=serial0.0,chardev=agent,name=org.core.agent.0'],
    ...['-chardev', listener('control', control), '-mon', 'chardev=control,mode=control'],
    // a monitor that nobody can talk to writes every event of the machine into a file
    ...['-chardev', optionList('null', { id: 'events', logfile: events, logappend: 'on' })],
    ...['-mon', 'chardev=events,mode=control'],
    ...['-pidfile', pidFile],
  ];
}

function listener(id: string, path: string, more: Readonly<Record<string, string>> = {}): string {
  return optionList('socket', { id, path, server: 'on', wait: 'off', ...more });
}
