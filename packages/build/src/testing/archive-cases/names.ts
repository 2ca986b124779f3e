import { deepEqual } from 'node:assert/strict';

import type { ArchiveConformanceCase } from '../archive-conformance.ts';
import { behaviour, file, roundTrip } from './encoding.ts';

const NAMES: readonly (readonly [what: string, name: string])[] = [
  ['with spaces', ' a b  c '],
  ['beyond ASCII', 'grün/日本語/😀'],
  ['with combining marks, as they are', 'e\u0301'],
  ['that begins with dashes', '--help'],
  ['that begins with dots', '..hidden/.x'],
  ['with quotes and wildcards', `a'b"c*?[x]`],
  ['with a line break', 'a\nb'],
  ['of 100 characters', 'n'.repeat(100)],
  ['of 101 characters', 'n'.repeat(101)],
  ['of 255 characters', 'n'.repeat(255)],
  ['of 300 characters in two directories', `${'a'.repeat(100)}/${'b'.repeat(99)}/${'c'.repeat(99)}`],
  ['of 300 characters beyond ASCII', `${'ä'.repeat(100)}/${'ö'.repeat(99)}/${'ü'.repeat(99)}`],
];

/** Names come back as they were. */
export const names: readonly ArchiveConformanceCase[] = NAMES.map(([what, name]) =>
  behaviour(`encode() keeps a name ${what}`, async (subject) => {
    const unpacked = await roundTrip(subject, [file(name, 'x'), file('z', 'y')]);
    deepEqual(
      unpacked.map((entry) => entry.name),
      [name, 'z'],
    );
  }),
);
