import type { Medium } from '@core/io';

import { ContainerError, type ContainerErrorCode } from '../errors.ts';
import type { MachinePaths } from '../hypervisors/hypervisor.ts';
import { tailOf } from './tail.ts';

const WORDS_BYTES = 4096;

/** What is known about some last words of hypervisors. */
const KNOWN: readonly { readonly words: RegExp; readonly code: ContainerErrorCode; readonly hint: string }[] = [
  {
    words: /Could not set up host forwarding rule|Address already in use/,
    code: 'ERR_CONTAINER_PORT_IN_USE',
    hint: 'Choose another host port, or let one be chosen with `publish`.',
  },
  {
    words: /Failed to get "write" lock|Is another process using the image/,
    code: 'ERR_CONTAINER_START_FAILED',
    hint: 'Another program writes to this disk: stop it, or leave `writeImage` out.',
  },
  {
    words: /Could not access KVM|failed to initialize kvm|kvm.*Permission denied/i,
    code: 'ERR_CONTAINER_START_FAILED',
    hint: 'Join the group of /dev/kvm, or choose the accelerator "tcg".',
  },
  {
    words: /[Cc]annot allocate memory|cannot set up guest memory/,
    code: 'ERR_CONTAINER_START_FAILED',
    hint: 'Give the machine less memory.',
  },
];

/** The end of what a hypervisor said. */
export async function lastWords(medium: Medium, { stderr }: Pick<MachinePaths, 'stderr'>): Promise<string> {
  return (await tailOf(medium, stderr, WORDS_BYTES)).trim();
}

/** A machine that did not start: the hypervisor's own words, and what can be done about them. */
export function launchFailed(id: string, why: string, words: string, hint?: string): ContainerError {
  const known = KNOWN.find((one) => one.words.test(words));
  const said = words === '' ? 'it said nothing' : words;
  return new ContainerError(`Cannot start machine "${id}": ${why}: ${said}`, {
    ...{ code: known?.code ?? 'ERR_CONTAINER_START_FAILED', op: 'machine.launch', id, output: words },
    hint: known?.hint ?? hint,
  });
}
