import { describe, expect, it, jest } from '@jest/globals';

import { summaryLines } from '../../src/reporters/summary.ts';
import { styleFor } from '../../src/reporters/text/style.ts';
import { type SyntheticTask, syntheticRun } from './support/synthetic-run.ts';

const style = styleFor(false);

jest.setTimeout(60_000); // for a machine that is busy with other things

describe('Good', () => {
  it('summaryLines lists tasks, critical path, parallelism and counts', () => {
    const { result } = syntheticRun(
      [
        { name: 'a', start: 0, ms: 31_000 },
        { name: '世界', start: 31_000, ms: 30_000, status: 'allowed-failure', exitCode: 1 },
        { name: 'db', start: 0, ms: 60_000, service: true },
        { name: 'b', status: 'cancelled', reason: 'the run was aborted' },
      ],
      ['a', '世界'],
    );
    expect(summaryLines(result, { style })).toEqual([
      '',
      '✓ a       31.0s  passed',
      '! 世界    30.0s  allowed failure: exit code 1',
      '✓ db     1m 00s  passed',
      '⊘ b              cancelled: the run was aborted',
      'critical path  a → 世界 (1m 01s)',
      'parallelism    1.0 (1m 01s of work)',
      '4 tasks: 2 passed, 1 allowed failure, 1 cancelled in 1m 01s',
    ]);
  });

  it('summaryLines without signs, tasks or colours', () => {
    const { result } = syntheticRun([{ name: 'a', start: 0, ms: 10 }], ['a']);
    expect(summaryLines(result, { style, unicode: false, tasks: false })).toEqual([
      '',
      'critical path  a (10ms)',
      'parallelism    1.0 (10ms of work)',
      '1 task: 1 passed in 10ms',
    ]);
  });
});

describe('Bad', () => {
  it('summaryLines of a run without tasks', () => {
    expect(summaryLines(syntheticRun([]).result, { style })).toEqual(['', '0 tasks: in 0ms']);
  });
});

describe('Ugly', () => {
  it('summaryLines lists of many tasks what failed and the slowest', () => {
    const tasks = Array.from({ length: 5000 }, (_, index): SyntheticTask => {
      const failed = index === 2500 ? { status: 'failed' as const, exitCode: 1 } : {};
      return { name: `t${String(index)}`, start: index, ms: index % 1000, ...failed };
    });
    const lines = summaryLines(syntheticRun(tasks).result, { style });
    expect(lines).toHaveLength(1 + 30 + 1 + 2);
    expect(lines.some((line) => line.startsWith('✗ t2500'))).toBe(true);
    expect(lines.some((line) => line.startsWith('✓ t4999'))).toBe(true);
    expect(lines[31]).toBe('  and 4970 more');
    expect(lines.at(-1)).toBe('5000 tasks: 4999 passed, 1 failed in 6.0s');
  });

  it('summaryLines of hostile names and reasons is text', () => {
    const task: SyntheticTask = { name: '\u001b[2Ja\nb', status: 'skipped', reason: 'x\u001b]0;t\u0007\ny' };
    const { result } = syntheticRun([task], ['\u001b[2Ja\nb']);
    expect(summaryLines(result, { style }).join('')).not.toMatch(/[\u0000-\u001f]/);
  });
});
