import { deepEqual, equal, notDeepEqual, ok } from 'node:assert/strict';

import type { MachineOptions } from '../../hypervisors/hypervisor.ts';
import type { MachineImage } from '../../image/image.ts';
import type { HypervisorConformanceCase } from '../hypervisor-conformance.ts';
import { behaviour, build, says, textsOf, thrownBy } from './bench.ts';

/** A path that says more than a path where its commas are not kept. */
const HOSTILE = '/images/a,file=/etc/passwd,b c="d"';

/** That a command line is plain data, made of what it was given and of nothing else. */
export const commands: readonly HypervisorConformanceCase[] = [
  behaviour('buildCommand() gives the same command line for the same machine', (subject) => {
    for (const image of subject.images) deepEqual(build(subject, {}, image), build(subject, {}, image));
  }),
  behaviour('buildCommand() gives plain data, whose program is the one that was found', (subject) => {
    const command = build(subject);
    equal(command.command, subject.machine.command);
    deepEqual(JSON.parse(JSON.stringify(command)), command);
    const odd = textsOf(command).find((text) => typeof text !== 'string' || text.includes('\0'));
    equal(odd, undefined);
  }),
  behaviour('buildCommand() leaves what it is given as it is', (subject) => {
    const given = JSON.stringify([subject.images[0], subject.machine]);
    const [image, machine] = frozen(JSON.parse(given) as [MachineImage, MachineOptions]);
    build(subject, machine, image);
    equal(JSON.stringify([image, machine]), given);
  }),
  behaviour('buildCommand() boots each of its formats', (subject) => {
    const { hypervisor, images } = subject;
    deepEqual(new Set(images.map(({ format }) => format)), new Set(hypervisor.capabilities.formats));
    for (const image of images) ok(says(build(subject, {}, image), image.path), `${image.path} is not booted`);
  }),
  behaviour('buildCommand() gives a kernel its initrd, its words and the words of the machine', (subject) => {
    const image = subject.images.find(({ format }) => format === 'kernel');
    if (image?.format !== 'kernel') return;
    const command = build(
      subject,
      { cmdline: 'of=machine' },
      { ...image, initrd: '/images/initrd', cmdline: 'of=image' },
    );
    ok(says(command, '/images/initrd') && says(command, 'of=image of=machine'), textsOf(command).join(' '));
  }),
  behaviour('buildCommand() gives a machine the memory and the processors that were asked for', (subject) => {
    const command = build(subject, { memoryMb: 1536, cpus: 3 });
    ok(says(command, '1536'), textsOf(command).join(' '));
    notDeepEqual(command, build(subject, { memoryMb: 1536, cpus: 2 }));
  }),
  behaviour('buildCommand() keeps machines apart: no file and no socket of one is in the other', (subject) => {
    const { dir } = subject.machine.paths;
    const other = JSON.parse(
      JSON.stringify(subject.machine.paths).replaceAll(dir, `${dir}-2`),
    ) as MachineOptions['paths'];
    const command = build(subject, { paths: other, uuid: '00000000-0000-4000-8000-000000000002' });
    equal(
      textsOf(command).find((text) => text.replaceAll(`${dir}-2`, '').includes(dir)),
      undefined,
    );
  }),
  behaviour('buildCommand() keeps a path whole, whatever it holds, or refuses it', (subject) => {
    for (const image of subject.images) {
      const thrown = thrownBy(() => {
        const { args } = build(subject, {}, { ...image, path: HOSTILE });
        equal(
          args.find((text) => text.includes('passwd') && !isWhole(text)),
          undefined,
        );
      });
      ok(thrown === undefined || thrown instanceof RangeError, String(thrown));
    }
  }),
];

/** An argument of its own, a text in JSON, in quotation marks, or with its commas doubled. */
function isWhole(text: string): boolean {
  if (text === HOSTILE || text.includes(HOSTILE.replaceAll(',', ',,'))) return true;
  return text.includes(JSON.stringify(HOSTILE)) || new RegExp(`"[a-z]*=?${HOSTILE}"`).test(text);
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
