import { describe, expect, it } from '@jest/globals';

import { prefixedReporter } from '../../src/reporters/prefixed-reporter.ts';
import type { RunEvent } from '../../src/runner/run-event.ts';
import type { StreamName } from '../../src/output/stream-name.ts';
import { syntheticRun, TextTarget } from './support/synthetic-run.ts';

const ESC = '\u001b';

interface Look {
  readonly stream?: StreamName;
  readonly partial?: boolean;
}

function output(name: string, line: string, { stream = 'stdout', partial = false }: Look = {}): RunEvent {
  return { type: 'output', atMs: 1, name, stream, lines: [{ stream, line, ...(partial ? { partial: true } : {}) }] };
}

function planned(...names: string[]): RunEvent {
  return { type: 'planned', atMs: 0, specs: names.map((name) => ({ name })), concurrency: 1 };
}

describe('Good', () => {
  it('prefixedReporter writes names, lines, news and a summary', () => {
    const to = new TextTarget();
    const report = prefixedReporter({ to, env: {} });
    const run = syntheticRun(
      [
        { name: 'install', start: 0, ms: 1200, lines: ['one', 'two'] },
        { name: 'db', after: ['install'], start: 1200, ms: 3000, service: true },
        { name: 'test', after: ['db'], start: 1300, ms: 800, status: 'failed', exitCode: 2, attempts: 2 },
        { name: 'deploy', after: ['test'], status: 'skipped', reason: 'test failed' },
        { name: 'icons', status: 'cached' },
      ],
      ['install', 'test'],
    );
    for (const event of run.events) report(event);
    expect(to.text.split('\n')).toEqual([
      'install | one',
      'install | two',
      'deploy  : skipped: test failed',
      'icons   : cached',
      'install : passed in 1.2s',
      'db      : ready',
      'test    : failed after 800ms, try 2: exit code 2',
      'db      : passed in 3.0s',
      '',
      '✓ install     1.2s  passed',
      '✓ db          3.0s  passed',
      '✗ test       800ms  failed: exit code 2',
      '- deploy            skipped: test failed',
      '↺ icons             cached',
      'critical path  install → test (2.0s)',
      'parallelism    0.5 (2.0s of work)',
      '5 tasks: 2 passed, 1 cached, 1 failed, 1 skipped in 4.2s',
      '',
    ]);
  });

  it('prefixedReporter marks lines of stderr, or writes them elsewhere', () => {
    const [to, stderrTo] = [new TextTarget(), new TextTarget()];
    const one = prefixedReporter({ to, env: {} });
    const two = prefixedReporter({ to, stderrTo, env: {} });
    for (const report of [one, two]) report(planned('lint'));
    for (const report of [one, two]) report(output('lint', 'oh', { stream: 'stderr' }));
    expect(to.text).toBe('lint ! oh\n');
    expect(stderrTo.text).toBe('lint ! oh\n');
  });

  it('prefixedReporter colours the names and keeps the colours of tasks in their lines', () => {
    const to = new TextTarget();
    const report = prefixedReporter({ to, colors: true });
    report(planned('a', 'b'));
    report(output('a', `${ESC}[31mred`));
    report(output('b', 'plain'));
    report(output('a', 'still'));
    expect(to.text).toBe(
      `${ESC}[36ma |${ESC}[39m ${ESC}[31mred${ESC}[0m\n` +
        `${ESC}[35mb |${ESC}[39m plain\n` +
        `${ESC}[36ma |${ESC}[39m ${ESC}[31mstill${ESC}[0m\n`,
    );
  });

  it('prefixedReporter tells of another try, and goes on with a clean look', () => {
    const to = new TextTarget();
    const report = prefixedReporter({ to, env: {} });
    report({ type: 'retrying', atMs: 5, name: 'x', attempt: 2, delayMs: 1000, error: new Error('no\nluck') });
    expect(to.text).toBe('x : try 2 in 1.0s: no\n');
  });

  it('prefixedReporter writes a line that comes in pieces as one, as long as nobody comes between', () => {
    const to = new TextTarget();
    const report = prefixedReporter({ to, env: {} });
    report(planned('a', 'b'));
    report(output('a', 'one ', { partial: true }));
    report(output('a', 'two ', { partial: true }));
    report(output('b', 'between'));
    report(output('a', 'three'));
    report(output('a', ''));
    expect(to.text).toBe('a | one two \nb | between\na | three\na |\n');
  });
});

describe('Bad', () => {
  it('prefixedReporter writes for tasks that no plan named', () => {
    const to = new TextTarget();
    prefixedReporter({ to, env: {} })(output('unknown', 'x'));
    expect(to.text).toBe('unknown | x\n');
  });
});

describe('Ugly', () => {
  it('prefixedReporter lets no task act on the terminal, by its output, its name or its error', () => {
    const to = new TextTarget();
    const report = prefixedReporter({ to, colors: true });
    const name = `x${ESC}[2J\n`;
    report(planned(name));
    report(output(name, `${ESC}[2J${ESC}[1;1H${ESC}]0;title\u0007a\rb`));
    report({ type: 'retrying', atMs: 5, name, attempt: 2, delayMs: 1, error: new Error(`${ESC}[2Jbad`) });
    expect(to.text.replaceAll(/\u001b\[[0-9;]*m/g, '')).toBe('x  | b\nx  : try 2 in 1ms: bad\n');
  });

  it('prefixedReporter pads wide names, and cuts endless ones', () => {
    const to = new TextTarget();
    const report = prefixedReporter({ to, env: {} });
    report(planned('世界', 'abc', 'n'.repeat(60)));
    report(output('世界', 'x'));
    report(output('n'.repeat(60), 'y'));
    expect(to.text).toBe(`世界${' '.repeat(36)} | x\n${'n'.repeat(39)}… | y\n`);
  });

  it('prefixedReporter begins anew with another run', () => {
    const to = new TextTarget();
    const report = prefixedReporter({ to, env: {} });
    report(planned('long-name'));
    report(planned('a'));
    report(output('a', 'x'));
    expect(to.text).toBe('a | x\n');
  });
});
