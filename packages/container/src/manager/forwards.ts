import type { Container } from '../container.ts';
import type { HypervisorCapabilities, PortForward } from '../hypervisors/hypervisor.ts';
import type { RunOptions } from '../run-options.ts';

const SSH = 22;

/** The forwarded ports of a machine, that of SSH first; 0 stands for any free port of the host. */
export function wantedForwards(
  { ports = {}, publish = [], sshPort }: RunOptions,
  { portForwarding }: Pick<HypervisorCapabilities, 'portForwarding'>,
): PortForward[] {
  if (!portForwarding) return [];
  const given = Object.entries(ports).map(([host, guest]) => ({ host: Number(host), guest }));
  const host = sshPort ?? given.find(({ guest }) => guest === SSH)?.host ?? 0;
  const free = publish.filter((guest) => guest !== SSH).map((guest) => ({ host: 0, guest }));
  return [{ host, guest: SSH }, ...given.filter((forward) => forward.host !== host), ...free];
}

/** Those that a machine had when it was started last. */
export function forwardsOf({ ports, sshPort }: Container): PortForward[] {
  if (sshPort === 0) return [];
  const others = Object.entries(ports).map(([host, guest]) => ({ host: Number(host), guest }));
  return [{ host: sshPort, guest: SSH }, ...others.filter(({ host }) => host !== sshPort)];
}

/** As a record tells of them: the port of SSH is among `ports` only where it was asked for there. */
export function portsOf(
  forwards: readonly PortForward[],
  { ports = {}, publish = [] }: RunOptions = {},
): Pick<Container, 'ports' | 'sshPort'> {
  const [ssh, ...others] = forwards;
  const sshPort = ssh?.host ?? 0;
  const isAsked = publish.includes(SSH) || ports[sshPort] === SSH;
  const told = isAsked && ssh !== undefined ? [ssh, ...others] : others;
  return { sshPort, ports: Object.fromEntries(told.map(({ host, guest }) => [host, guest])) };
}
