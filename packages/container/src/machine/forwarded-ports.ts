import { isIPv4 } from 'node:net';

import type { CancelOptions } from '@core/io';

import { ContainerError } from '../errors.ts';
import type { PortForward } from '../hypervisors/hypervisor.ts';
import type { QmpClient } from '../qmp/qmp-client.ts';
import { type ForwardedPort, parseUsernet } from '../qmp/usernet.ts';

/** Refuses what is no port. */
export function checkPort(name: string, port: number, least: number): void {
  if (Number.isInteger(port) && port >= least && port <= 65_535) return;
  throw new RangeError(`${name} must be a port from ${String(least)} to 65535, not ${String(port)}`);
}

/** Refuses what is no address: it becomes part of a line of commands. */
export function checkAddress(address: string): void {
  if (isIPv4(address)) return;
  throw new TypeError(`address must be an IPv4 address such as "127.0.0.1", not ${JSON.stringify(address)}`);
}

/** The ports that lead into a machine now. */
export async function forwardedPorts(client: QmpClient, options: CancelOptions): Promise<ForwardedPort[]> {
  const arguments_ = { 'command-line': 'info usernet' };
  return parseUsernet(await client.execute('human-monitor-command', arguments_, options));
}

/**
 * Lets one more port of this machine lead into a running one; port 0 is a free one.
 *
 * @throws `ERR_CONTAINER_PORT_IN_USE` where it cannot be had.
 */
export async function addForward(
  client: QmpClient,
  { address, host, guest }: ForwardedPort,
  { id, signal }: CancelOptions & { readonly id: string },
): Promise<ForwardedPort> {
  const before = await forwardedPorts(client, { signal });
  const rule = `tcp:${address}:${String(host)}-:${String(guest)}`;
  const words = await monitor(client, `hostfwd_add ${rule}`, { signal });
  if (words !== '') throw refused(id, rule, words);
  const known = new Set(before.map((one) => one.host));
  const after = await forwardedPorts(client, { signal });
  const added = after.find((one) => one.guest === guest && !known.has(one.host));
  if (added === undefined) throw refused(id, rule, 'it is not among the forwarded ports');
  return added;
}

/** Ends a forward; `false` where there was none. Connections through it go on. */
export async function removeForward(
  client: QmpClient,
  { address, host }: Pick<ForwardedPort, 'address'> & Pick<PortForward, 'host'>,
  options: CancelOptions,
): Promise<boolean> {
  // says "host forwarding rule for … removed" or "… not found"
  return (await monitor(client, `hostfwd_remove tcp:${address}:${String(host)}`, options)).endsWith(' removed');
}

async function monitor(client: QmpClient, line: string, options: CancelOptions): Promise<string> {
  return (await client.execute('human-monitor-command', { 'command-line': line }, options)).trim();
}

function refused(id: string, rule: string, words: string): ContainerError {
  return new ContainerError(`Cannot forward ${rule} to machine "${id}": ${words}`, {
    ...{ code: 'ERR_CONTAINER_PORT_IN_USE', op: 'machine.forward', id, output: words },
    hint: 'Choose another host port, or 0 for a free one.',
  });
}
