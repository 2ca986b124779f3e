import type { CancelOptions } from '@core/io';

import type { Architecture } from '../container.ts';
import { ContainerError } from '../errors.ts';
import type { Hypervisor } from './hypervisor.ts';
import { HyperkitHypervisor } from './hyperkit/hyperkit-hypervisor.ts';
import { QemuHypervisor } from './qemu/qemu-hypervisor.ts';
import { VfkitHypervisor } from './vfkit/vfkit-hypervisor.ts';

/** For what a hypervisor is looked for. */
export interface DetectOptions extends CancelOptions {
  /** That of this machine unless it is given. */
  readonly arch?: Architecture | undefined;
}

const MAKERS: Readonly<Record<string, () => Hypervisor>> = {
  qemu: () => new QemuHypervisor(),
  vfkit: () => new VfkitHypervisor(),
  hyperkit: () => new HyperkitHypervisor(),
};

/**
 * A hypervisor by its name, in any case: `qemu`, `vfkit`, `hyperkit`. Whether it can be used here is another question.
 *
 * @throws `RangeError` for a name that there is not.
 *
 * @example
 * ```ts
 * import { getHypervisor } from '@core/container';
 *
 * assert.equal(getHypervisor('QEMU').name, 'qemu');
 * assert.throws(() => getHypervisor('xen'), RangeError);
 * ```
 */
export function getHypervisor(name: string): Hypervisor {
  const key = typeof name === 'string' ? name.toLowerCase() : '';
  const make = Object.hasOwn(MAKERS, key) ? MAKERS[key] : undefined;
  if (make !== undefined) return make();
  throw new RangeError(`name must be one of ${Object.keys(MAKERS).join(', ')}, not ${JSON.stringify(name)}`);
}

/**
 * The hypervisor to use here: QEMU, which does everything; where there is none, vfkit on macOS. Hyperkit, which nobody
 * keeps any more, is only taken by name.
 *
 * @throws `ERR_CONTAINER_HYPERVISOR_UNAVAILABLE` with how to get one.
 *
 * @example
 * ```ts
 * import { detectHypervisor } from '@core/container';
 *
 * const found = await detectHypervisor().catch((error: unknown) => error);
 * assert.ok(found instanceof Error || ['qemu', 'vfkit'].includes((found as { name: string }).name));
 * ```
 */
export async function detectHypervisor({ arch, signal }: DetectOptions = {}): Promise<Hypervisor> {
  const candidates = process.platform === 'darwin' ? ['qemu', 'vfkit'] : ['qemu'];
  const refusals = [];
  for (const hypervisor of candidates.map(getHypervisor)) {
    const found = await hypervisor.available({ arch, signal });
    if (found.available) return hypervisor;
    refusals.push(found);
  }
  throw new ContainerError(`Cannot run machines here: ${refusals.map(({ reason }) => reason).join('; ')}`, {
    code: 'ERR_CONTAINER_HYPERVISOR_UNAVAILABLE',
    op: 'hypervisor.detect',
    hint: refusals[0]?.hint,
  });
}
