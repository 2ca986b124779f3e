import { ContainerError } from '../errors.ts';

/** What machines boot, for those who have something else. */
const WANTED =
  'Give an ISO, qcow2, vmdk or raw disk image, a Linux kernel, or the <name> of what linuxkit build made as <name>-kernel.';

/** There is no such image. */
export function imageNotFound(path: string, why: string, cause?: unknown): ContainerError {
  return new ContainerError(`Cannot open the image ${JSON.stringify(path)}: ${why}`, {
    code: 'ERR_CONTAINER_IMAGE_NOT_FOUND',
    op: 'image.open',
    path,
    hint: WANTED,
    cause,
  });
}

/** It is there, but no machine boots from such a thing. */
export function imageUnsupported(path: string, why: string, hint: string = WANTED): ContainerError {
  return new ContainerError(`Cannot boot the image ${JSON.stringify(path)}: ${why}`, {
    code: 'ERR_CONTAINER_IMAGE_UNSUPPORTED',
    op: 'image.open',
    path,
    hint,
  });
}

/** It would give the guest more of this machine than the image. */
export function imageUnsafe(path: string, why: string): ContainerError {
  return new ContainerError(`Cannot trust the image ${JSON.stringify(path)}: ${why}`, {
    code: 'ERR_CONTAINER_IMAGE_UNSAFE',
    op: 'image.open',
    path,
    hint: 'The guest could read any file that an image names. If you made it yourself, allow it by allowBackingFile; else make it one file with qemu-img convert where it came from.',
  });
}
