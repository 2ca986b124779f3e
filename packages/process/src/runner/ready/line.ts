import { stripVTControlCharacters } from 'node:util';

import type { LineReady } from '../ready-check.ts';
import { aborted } from './aborted.ts';
import type { Probing } from './probe.ts';

/** Reads the lines from the first on until one matches, as it was written or without its colours. */
export function lineProbe({ line: wanted, stream }: LineReady): Probing {
  const matches = matcherOf(wanted);
  return {
    awaits: typeof wanted === 'string' ? `a line with ${JSON.stringify(wanted)}` : `a line like ${String(wanted)}`,
    async probe({ process, signal }) {
      for await (const { line } of process.lines({ stream, signal })) {
        if (matches(line) || matches(stripVTControlCharacters(line))) return;
      }
      await aborted(signal); // its output has ended, so it has: who waits is told of that end
    },
  };
}

function matcherOf(wanted: string | RegExp): (line: string) => boolean {
  if (typeof wanted === 'string') return (line) => line.includes(wanted);
  const pattern = new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, '')); // these two would remember the last match
  return (line) => pattern.test(line);
}
