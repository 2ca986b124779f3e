import { describe, expect, it } from '@jest/globals';

import { groupedReporter } from '../../src/reporters/grouped-reporter.ts';
import type { StreamName } from '../../src/output/stream-name.ts';
import { type SyntheticTask, syntheticRun, TextTarget } from './support/synthetic-run.ts';

function reportOf(tasks: SyntheticTask[], options: { github?: boolean; colors?: boolean } = {}): string {
  const to = new TextTarget();
  const report = groupedReporter({ to, github: false, colors: false, ...options });
  for (const event of syntheticRun(tasks).events) report(event);
  return to.text;
}

/** The tokens are never the same. */
function withoutTokens(text: string): string[] {
  return text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'TOKEN').split('\n');
}

const TASKS: SyntheticTask[] = [
  { name: 'build', start: 0, ms: 900, lines: ['b1', 'b2'] },
  { name: 'lint', start: 0, ms: 500 },
  { name: 'test', start: 100, ms: 2000, status: 'failed', exitCode: 1, lines: ['t1', '::error::fake'] },
];

describe('Good', () => {
  it('groupedReporter writes each task in one block when it ends, and failures once more at the end', () => {
    expect(reportOf(TASKS).split('\n')).toEqual([
      '✓ lint passed in 500ms',
      '✓ build passed in 900ms',
      'b1',
      'b2',
      '',
      '✗ test failed after 2.0s: exit code 1',
      't1',
      '::error::fake',
      '',
      '',
      '✗ test failed after 2.0s: exit code 1',
      '  t1',
      '  ::error::fake',
      '',
      '✓ build    900ms  passed',
      '✓ lint     500ms  passed',
      '✗ test      2.0s  failed: exit code 1',
      'parallelism    1.6 (3.4s of work)',
      '3 tasks: 2 passed, 1 failed in 2.1s',
      '',
    ]);
  });

  it('groupedReporter writes groups and annotations for GitHub Actions, and tasks cannot', () => {
    expect(withoutTokens(reportOf(TASKS, { github: true }).split('\n✓ build    900ms')[0] ?? '')).toEqual([
      '✓ lint passed in 500ms',
      '::group::✓ build passed in 900ms',
      '::stop-commands::TOKEN',
      'b1',
      'b2',
      '::TOKEN::',
      '::endgroup::',
      '::group::✗ test failed after 2.0s: exit code 1',
      '::stop-commands::TOKEN',
      't1',
      '::error::fake',
      '::TOKEN::',
      '::endgroup::',
      '✗ test failed after 2.0s: exit code 1',
      '::stop-commands::TOKEN',
      't1',
      '::error::fake',
      '::TOKEN::',
      '::error title=test failed::✗ test failed after 2.0s: exit code 1%0At1%0A::error::fake',
      '',
    ]);
  });

  it('groupedReporter finds out about GitHub Actions, whose log has colours', () => {
    const to = new TextTarget();
    const report = groupedReporter({ to, env: { GITHUB_ACTIONS: 'true' } });
    for (const event of syntheticRun([{ name: 'a', start: 0, ms: 1, lines: ['x'] }]).events) report(event);
    expect(to.text).toContain('::group::\u001b[32m✓ a passed in 1ms\u001b[39m\n');
  });

  it('groupedReporter shows what a cached task wrote when it ran, and where tries begin', () => {
    const to = new TextTarget();
    const report = groupedReporter({ to, github: false, colors: false });
    const { events } = syntheticRun([{ name: 'c', status: 'cached', lines: ['from before'] }]);
    for (const event of events.slice(0, 2)) report(event);
    expect(to.text).toBe('↺ c cached\nfrom before\n\n');
    report({ type: 'retrying', atMs: 1, name: 'r', attempt: 2, delayMs: 50, error: 'first' });
    report({ type: 'output', atMs: 2, name: 'r', stream: 'stdout', lines: [{ stream: 'stdout', line: 'second' }] });
    for (const event of syntheticRun([{ name: 'r', start: 0, ms: 7, attempts: 2 }]).events.slice(2, 3)) report(event);
    expect(to.text).toMatch(/✓ r passed in 7ms, try 2\ntry 2 in 50ms: first\nsecond\n\n$/);
  });
});

describe('Bad', () => {
  it('groupedReporter forgets what a run left that was not over', () => {
    const to = new TextTarget();
    const report = groupedReporter({ to, github: false, colors: false });
    const { events } = syntheticRun([{ name: 'a', start: 0, ms: 1, lines: ['old'] }]);
    for (const event of events.slice(0, 3)) report(event);
    for (const event of events.slice(0, 2)) report(event);
    expect(to.text).toBe('');
    for (const event of events.slice(3, 4)) report(event);
    expect(to.text).toBe('✓ a passed in 1ms\nold\n\n');
  });
});

describe('Ugly', () => {
  it('groupedReporter gives no token twice, and none that a task could have read before', () => {
    const text = reportOf(TASKS, { github: true });
    const tokens = [...text.matchAll(/::stop-commands::(\S+)/g)].map(([, token]) => token);
    expect(new Set(tokens).size).toBe(3);
    for (const token of tokens) expect(text.split(`::${String(token)}::\n`)).toHaveLength(2);
  });

  it('groupedReporter breaks every command in names, reasons and output', () => {
    const name = 'x\n::set-env name=A::b ##[add-mask]c';
    const tasks: SyntheticTask[] = [
      { name, start: 0, ms: 1, lines: ['##[endgroup]', '  ##[error]x', '\u001b[31m##[group]y', 'a\r::warning::b'] },
      { name: 'y', status: 'skipped', reason: '##[warning]z' },
    ];
    const text = reportOf(tasks, { github: true });
    const commands = text.split('\n').filter((line) => /^\s*::|##\[/.test(line));
    expect(withoutTokens(commands.join('\n'))).toEqual([
      '::group::✓ x ::set-env name=A::b ##[add-mask]c passed in 1ms',
      '::stop-commands::TOKEN',
      '::warning::b',
      '::TOKEN::',
      '::endgroup::',
    ]);
  });

  it('groupedReporter keeps the streams of many tasks apart, and no more than it may', () => {
    const to = new TextTarget();
    const report = groupedReporter({ to, github: false, colors: false, mostCharacters: 50 });
    const { events } = syntheticRun([
      { name: 'a', start: 0, ms: 1 },
      { name: 'b', start: 0, ms: 2 },
    ]);
    for (let index = 0; index < 100; index += 1) {
      for (const name of ['a', 'b']) {
        const stream: StreamName = index % 2 === 0 ? 'stdout' : 'stderr';
        report({ type: 'output', atMs: 0, name, stream, lines: [{ stream, line: `${name} ${String(index)}` }] });
      }
    }
    for (const event of events.filter(({ type }) => type === 'finished')) report(event);
    const [a = '', b = ''] = to.writes;
    expect(a.split('\n').slice(0, 3)).toEqual(['✓ a passed in 1ms', '… 88 earlier lines left out', 'a 88']);
    expect(b).toContain('b 99\n');
    expect(b).not.toContain('a ');
  });
});
