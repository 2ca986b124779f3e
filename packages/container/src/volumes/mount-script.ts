import type { Volume } from '../container.ts';

/**
 * The command that mounts a volume in the guest, and does nothing where it is mounted: also by hand, and the second
 * time. It needs `mount` and `mountpoint`, as busybox has them.
 */
export function mountCommand(volume: Volume): string[] {
  return ['sh', '-c', SCRIPT, 'sh', volume.target, ...mountWords(volume)];
}

/** The line that a README tells those whose guest has neither agent nor SSH. */
export function mountLine(volume: Volume): string {
  return ['mount', ...mountWords(volume), volume.target].join(' ');
}

/** `modprobe` is for kernels that have the file system as a module, and may fail where it is built in. */
const SCRIPT = `target=$1; shift
mountpoint -q "$target" && exit 0
mkdir -p "$target" || exit
modprobe "$2" 2>/dev/null
exec mount "$@" "$target"`;

function mountWords({ driver, tag, readOnly }: Volume): string[] {
  const access = readOnly ? 'ro' : 'rw';
  if (driver === 'virtiofs') return ['-t', 'virtiofs', '-o', access, tag];
  return ['-t', '9p', '-o', `trans=virtio,version=9p2000.L,msize=512000,${access}`, tag];
}
