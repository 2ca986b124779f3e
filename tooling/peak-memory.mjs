import { readFileSync } from 'node:fs';

/**
 * How many megabytes this process has had resident at most. Not `maxRSS` of `resourceUsage()`: Linux passes that of the
 * process which started this one on to it (getrusage(2) counts across `execve`).
 */
export function peakMegabytes() {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  if (kibibytes === undefined) throw new Error('Cannot read VmHWM in /proc/self/status: the kernel does not tell it');
  return Number(kibibytes) / 1024;
}
