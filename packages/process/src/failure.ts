import { stripVTControlCharacters } from 'node:util';

import { ProcessError } from './errors.ts';
import type { Obstacle } from './obstacle.ts';
import { describeOutcome } from './outcome.ts';
import type { ProcessResult } from './result.ts';

/** What the error of a process tells beside its result. */
export interface FailureContext {
  /** Without secrets. */
  readonly commandLine: string;
  /** Takes secrets out of a text. */
  readonly hide: (text: string) => string;
  /** What was in the way of the start, where it was not started. */
  readonly obstacle: Obstacle | undefined;
}

const END_LINES = 20;
const END_CHARACTERS = 2000;

/** The error of a process that did not end well. */
export function failureOf(result: ProcessResult, { commandLine, hide, obstacle }: FailureContext): ProcessError {
  const { id, dir } = result;
  if (obstacle !== undefined) {
    const message = `Cannot start ${commandLine} in ${dir}: ${obstacle.reason}`;
    const { hint, cause } = obstacle;
    return new ProcessError(message, {
      code: 'ERR_PROCESS_SPAWN_FAILED',
      op: 'process.start',
      ...{ id, dir, commandLine, result, hint, cause },
    });
  }
  const why = `${describeOutcome(result.outcome)} after ${duration(result.durationMs)}`;
  return new ProcessError(`Cannot run ${commandLine} in ${dir}: ${why}${endOfOutput(result, hide)}`, {
    code: 'ERR_PROCESS_EXIT_NON_ZERO',
    op: 'process.run',
    ...{ id, dir, commandLine, result },
  });
}

/** The end of stderr, or of stdout where stderr is silent, without what would play with a terminal. */
function endOfOutput({ stdout, stderr }: ProcessResult, hide: (text: string) => string): string {
  const errors = printable(hide(stderr));
  const text = errors === '' ? printable(hide(stdout)) : errors;
  if (text === '') return '';
  const lines = text.split('\n').slice(-END_LINES).join('\n');
  const end = lines.length > END_CHARACTERS ? `…${lines.slice(-END_CHARACTERS).toWellFormed()}` : lines;
  return `\n${errors === '' ? 'stdout' : 'stderr'} ended with:\n${end}`;
}

function printable(text: string): string {
  const plain = stripVTControlCharacters(text).replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  return plain.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim();
}

function duration(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
