import { describe, expect, it } from '@jest/globals';

import type { RunResult } from '../../src/runner/run-result.ts';
import { pathMs, workMs } from '../../src/trace/figures.ts';

function ran(name: string, [fromMs, toMs]: readonly [number, number], spec: object = {}): RunResult {
  const fixed = { status: 'passed', exitCode: 0, output: '', attempts: 1 } as const;
  return {
    ...fixed,
    ...{ name, spec: { name, command: 'x', ...spec }, startedAt: new Date(fromMs), durationMs: toMs - fromMs },
  };
}

const RUN = [ran('db', [0, 900], { readyWhen: { port: 1 } }), ran('test', [200, 900]), ran('docs', [0, 300])];

describe('Good', () => {
  it('pathMs counts a service until the next task begins', () => {
    expect(pathMs(RUN, ['db', 'test'])).toBe(900);
  });

  it('workMs leaves out services', () => {
    expect(workMs(RUN)).toBe(1000);
  });
});

describe('Ugly', () => {
  it('pathMs takes a clock that was set back, and tasks that it does not know', () => {
    expect(pathMs([ran('a', [500, 600]), ran('b', [100, 300])], ['a', 'b', 'missing'])).toBe(200);
    expect(pathMs([], [])).toBe(0);
  });
});
