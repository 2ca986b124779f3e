/** The network address of a machine: its own, the same at every start, from the range that QEMU gives to machines. */
export function macAddress(uuid: string): string {
  const end = uuid.replaceAll('-', '').slice(-6).toLowerCase();
  return ['52:54:00', ...(end.match(/../g) ?? [])].join(':');
}
