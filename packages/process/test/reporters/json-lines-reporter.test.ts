import { describe, expect, it } from '@jest/globals';

import { jsonLinesReporter } from '../../src/reporters/json-lines-reporter.ts';
import type { RunEvent } from '../../src/runner/run-event.ts';
import { syntheticRun, TextTarget } from './support/synthetic-run.ts';

function linesOf(events: readonly RunEvent[]): unknown[] {
  const to = new TextTarget();
  const report = jsonLinesReporter({ to });
  for (const event of events) report(event);
  expect(to.text.endsWith('\n')).toBe(true);
  return to.text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

describe('Good', () => {
  it('jsonLinesReporter writes each event with all of its keys', () => {
    const error = Object.assign(new Error('Cannot run it'), { code: 'ERR_PROCESS_EXIT_NON_ZERO' });
    const { events } = syntheticRun(
      [
        { name: 'a', start: 0, ms: 1.23456, lines: ['x'], service: true },
        { name: 'b', after: ['a'], start: 5, ms: 2, status: 'failed', exitCode: 3, error },
        { name: 'c', after: ['b'], status: 'skipped', reason: 'b failed' },
      ],
      ['a', 'b'],
    );
    const retrying: RunEvent = { type: 'retrying', atMs: 6, name: 'b', attempt: 2, delayMs: 1000, error: 'odd' };
    const started: RunEvent = { type: 'started', atMs: 1.00049, name: 'b', attempt: 2, pid: 4711 };
    expect(linesOf([...events, retrying, started])).toEqual([
      {
        ...{ type: 'planned', at_ms: 0, concurrency: 4 },
        tasks: [
          { name: 'a', kind: 'service', after: [], allow_failure: false },
          { name: 'b', kind: 'command', after: ['a'], allow_failure: false },
          { name: 'c', kind: 'command', after: ['b'], allow_failure: false },
        ],
      },
      { type: 'started', at_ms: 0, name: 'a', attempt: 1, pid: null },
      { type: 'output', at_ms: 0, name: 'a', stream: 'stdout', lines: ['x'], partial: false },
      { type: 'ready', at_ms: 0, name: 'a' },
      {
        ...{ type: 'finished', at_ms: 0, name: 'c', status: 'skipped', exit_code: null, started_at: null },
        ...{ duration_ms: 0, attempts: 0, reason: 'b failed', error: null },
      },
      {
        ...{ type: 'finished', at_ms: 1.235, name: 'a', status: 'passed', exit_code: 0 },
        ...{ started_at: '2026-03-01T12:00:00.000Z', duration_ms: 1.235, attempts: 1, reason: null, error: null },
      },
      { type: 'started', at_ms: 5, name: 'b', attempt: 1, pid: null },
      {
        ...{ type: 'finished', at_ms: 7, name: 'b', status: 'failed', exit_code: 3 },
        ...{ started_at: '2026-03-01T12:00:00.005Z', duration_ms: 2, attempts: 1, reason: null },
        error: { code: 'ERR_PROCESS_EXIT_NON_ZERO', message: 'Cannot run it' },
      },
      {
        ...{ type: 'ended', at_ms: 7, started_at: '2026-03-01T12:00:00.000Z', duration_ms: 7 },
        ...{ passed: 1, failed: 1, skipped: 1, success: false, critical_path: ['a', 'b'] },
      },
      { type: 'retrying', at_ms: 6, name: 'b', attempt: 2, delay_ms: 1000, error: { code: null, message: 'odd' } },
      { type: 'started', at_ms: 1, name: 'b', attempt: 2, pid: 4711 },
    ]);
  });

  it('jsonLinesReporter tells which lines go on', () => {
    const lines = ['a', 'b', 'c', 'd'].map((line) => {
      return { stream: 'stderr' as const, line, ...(line === 'b' || line === 'd' ? { partial: true as const } : {}) };
    });
    expect(linesOf([{ type: 'output', atMs: 1, name: 'x', stream: 'stderr', lines }])).toEqual([
      { type: 'output', at_ms: 1, name: 'x', stream: 'stderr', lines: ['a', 'b'], partial: true },
      { type: 'output', at_ms: 1, name: 'x', stream: 'stderr', lines: ['c', 'd'], partial: true },
    ]);
  });
});

describe('Bad', () => {
  it('jsonLinesReporter tells neither arguments nor environment, which may be secrets', () => {
    const task = () => Promise.resolve();
    const specs = [
      { name: 'a', command: 'curl', args: ['--token', 'hunter22'], env: { API_KEY: 'hunter22' } },
      { name: 'b', task, allowFailure: true },
    ];
    const [line] = linesOf([{ type: 'planned', atMs: 0, specs, concurrency: Infinity }]);
    expect(JSON.stringify(line)).not.toContain('hunter22');
    expect(line).toMatchObject({
      concurrency: null,
      tasks: [{ kind: 'command' }, { kind: 'function', allow_failure: true }],
    });
  });
});

describe('Ugly', () => {
  it.each([
    ['nothing', null, 'null'],
    ['a number', 7, '7'],
    ['an object', { a: 1 }, '{"a":1}'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    [
      'an object that throws',
      {
        get message(): string {
          throw new Error('no');
        },
      },
      'an error that cannot be read',
    ],
    ['a message that is no text', { code: 5, message: 5 }, '{"code":5,"message":5}'],
  ])('jsonLinesReporter tells an error that is %s', (_, error, message) => {
    const event: RunEvent = { type: 'retrying', atMs: 0, name: 'x', attempt: 2, delayMs: 0, error };
    expect(linesOf([event])).toMatchObject([{ error: { code: null, message } }]);
  });

  it('jsonLinesReporter writes one line for hostile text', () => {
    const line = 'a\u2028b\u001b[2J"\ud800';
    expect(
      linesOf([{ type: 'output', atMs: 0, name: '\n', stream: 'stdout', lines: [{ stream: 'stdout', line }] }]),
    ).toEqual([{ type: 'output', at_ms: 0, name: '\n', stream: 'stdout', lines: [line], partial: false }]);
  });
});
