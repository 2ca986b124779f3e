import type { PortForward } from '../hypervisors/hypervisor.ts';

/** One forwarded port as QEMU tells it. */
export interface ForwardedPort extends PortForward {
  /** The address of this machine that it listens on. */
  readonly address: string;
}

/** `  TCP[HOST_FORWARD]  13       127.0.0.1 40313       10.0.2.15    22     0     0` */
const FORWARD = /^\s*TCP\[HOST_FORWARD\]\s+\d+\s+(\S+)\s+(\d+)\s+\S+\s+(\d+)\s/;

/** Reads the forwarded TCP ports from what QEMU's `info usernet` prints; other connections are left out. */
export function parseUsernet(text: string): ForwardedPort[] {
  const forwards: ForwardedPort[] = [];
  for (const line of text.split('\n')) {
    const [, address, host, guest] = FORWARD.exec(`${line} `) ?? [];
    if (address === undefined) continue;
    forwards.push({ address: address === '*' ? '0.0.0.0' : address, host: Number(host), guest: Number(guest) });
  }
  return forwards;
}
