import { ok } from 'node:assert/strict';

import { isCoreError } from '@core/io';

import type { HypervisorCommand, MachineOptions } from '../../hypervisors/hypervisor.ts';
import type { MachineImage } from '../../image/image.ts';
import type { HypervisorConformanceCase, HypervisorSubject } from '../hypervisor-conformance.ts';

/** A case whose work may be done at once. */
export function behaviour(
  name: string,
  run: (subject: HypervisorSubject) => Promise<void> | void,
): HypervisorConformanceCase {
  return {
    name,
    run: async (subject) => {
      await run(subject);
    },
  };
}

/** The command line of the subject's machine, changed a little, with its first image unless another one is given. */
export function build(
  { hypervisor, machine, images }: HypervisorSubject,
  change: Partial<MachineOptions> = {},
  image: MachineImage | undefined = images[0],
): HypervisorCommand {
  ok(image !== undefined, 'the subject has no image');
  return hypervisor.buildCommand(image, { ...machine, ...change });
}

/** All texts of a command line, its helpers' among them. */
export function textsOf({ command, args, stdin, helpers }: HypervisorCommand): string[] {
  const own = [command, ...args, ...(stdin === undefined ? [] : [stdin])];
  return [...own, ...helpers.flatMap((helper) => [helper.command, ...helper.args, helper.socket])];
}

/** Whether a command line says this somewhere, plainly or escaped. */
export function says(command: HypervisorCommand, text: string): boolean {
  return textsOf(command).some((each) => each.includes(text) || each.includes(JSON.stringify(text).slice(1, -1)));
}

/** What `work` throws, where it throws. */
export function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Fails unless `work` throws what misuse is answered with. */
export function misused(work: () => unknown, what: string): void {
  const error = thrownBy(work);
  ok(error instanceof RangeError || error instanceof TypeError, `${what}: it threw ${String(error)}`);
}

/** Fails unless `work` throws an error with this code. */
export function refused(work: () => unknown, code: string, what: string): void {
  const error = thrownBy(work);
  ok(isCoreError(error) && error.code === code, `${what}: it threw ${String(error)}`);
  ok(error.hint !== undefined && error.hint !== '', `${what}: there is no hint`);
}
