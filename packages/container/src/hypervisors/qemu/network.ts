import type { MachineOptions } from '../hypervisor.ts';
import { macAddress } from '../mac-address.ts';
import { optionList } from './escape.ts';

/** A network of the machine's own, which this machine reaches by the forwarded ports only. */
export function networkArgs({ ports, bindAddress, uuid }: MachineOptions): string[] {
  const forwards = ports.map(({ host, guest }) => `,hostfwd=tcp:${bindAddress}:${String(host)}-:${String(guest)}`);
  // without the ROM of the card no firmware tries to boot from the network
  const card = optionList('virtio-net-pci', { id: 'net-device0', netdev: 'net0', mac: macAddress(uuid), romfile: '' });
  return ['-netdev', `user,id=net0${forwards.join('')}`, '-device', card];
}
