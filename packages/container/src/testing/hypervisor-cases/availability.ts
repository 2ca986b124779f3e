import { equal, match, ok } from 'node:assert/strict';
import { isAbsolute } from 'node:path';

import type { HypervisorConformanceCase } from '../hypervisor-conformance.ts';
import { behaviour } from './bench.ts';

const ACCELERATORS: readonly string[] = ['kvm', 'hvf', 'whpx', 'tcg'];

/** What a hypervisor tells of itself and of this machine. */
export const availability: readonly HypervisorConformanceCase[] = [
  behaviour('name is one word in lower case', ({ hypervisor, missing }) => {
    match(hypervisor.name, /^[a-z][a-z0-9-]*$/);
    equal(missing.name, hypervisor.name);
  }),
  behaviour('capabilities name nothing twice, and at least one format and one architecture', ({ hypervisor }) => {
    const { formats, architectures, volumes } = hypervisor.capabilities;
    ok(formats.length > 0 && architectures.length > 0, 'it can boot nothing');
    for (const names of [formats, architectures, volumes]) equal(new Set<string>(names).size, names.length);
  }),
  behaviour(
    'available() tells the program, its version and what accelerates it, or why not and what to do',
    async ({ hypervisor }) => {
      const found = await hypervisor.available();
      if (!found.available) {
        ok(found.reason !== '' && found.hint !== '', 'it gives no reason or no hint');
        return;
      }
      ok(isAbsolute(found.command), `${found.command} is not absolute`);
      match(found.version, /^\d+(?:\.\d+)*/);
      ok(ACCELERATORS.includes(found.accelerator), `${found.accelerator} is no accelerator`);
    },
  ),
  behaviour('available() tells what is missing and how to get it', async ({ missing }) => {
    const found = await missing.available();
    ok(!found.available, 'it is there');
    ok(found.reason !== '', 'it gives no reason');
    match(found.hint, /install|use/i);
  }),
  behaviour('available() rejects with the reason of the signal', async ({ hypervisor }) => {
    const reason = new Error('enough');
    const thrown: unknown = await hypervisor
      .available({ signal: AbortSignal.abort(reason) })
      .catch((error: unknown) => error);
    ok(thrown === reason, `it came to ${String(thrown)}`);
  }),
];
