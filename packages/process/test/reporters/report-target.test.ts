import { describe, expect, it } from '@jest/globals';

import { groupedReporter } from '../../src/reporters/grouped-reporter.ts';
import { jsonLinesReporter } from '../../src/reporters/json-lines-reporter.ts';
import { prefixedReporter } from '../../src/reporters/prefixed-reporter.ts';
import { type ReportTarget, wantsColors, wantsUnicode } from '../../src/reporters/report-target.ts';
import { reporterFor } from '../../src/reporters/reporter-for.ts';
import { treeReporter } from '../../src/reporters/tree-reporter.ts';
import { syntheticRun, TextTarget } from './support/synthetic-run.ts';

const file = { write: () => true };
const terminal = { write: () => true, isTTY: true };

describe('Good', () => {
  it.each([
    [terminal, {}, true],
    [file, {}, false],
    [terminal, { NO_COLOR: '1' }, false],
    [terminal, { NO_COLOR: '' }, true],
    [terminal, { TERM: 'dumb' }, false],
    [file, { FORCE_COLOR: '1' }, true],
    [file, { FORCE_COLOR: '' }, true],
    [terminal, { FORCE_COLOR: '0' }, false],
    [terminal, { FORCE_COLOR: 'false' }, false],
    [file, { FORCE_COLOR: '3', NO_COLOR: '1' }, true],
  ])('wantsColors %j %j', (to: ReportTarget, env, colors) => {
    expect(wantsColors({ to, env })).toBe(colors);
    expect(wantsColors({ to, env, colors: !colors })).toBe(!colors);
  });

  it('wantsUnicode everywhere but on the consoles that lack it', () => {
    expect(wantsUnicode({ TERM: 'xterm' }, 'linux')).toBe(true);
    expect(wantsUnicode({ TERM: 'linux' }, 'linux')).toBe(false);
    expect(wantsUnicode({}, 'win32')).toBe(false);
    expect(wantsUnicode({ WT_SESSION: 'x' }, 'win32')).toBe(true);
  });

  it('reporterFor takes groups on GitHub Actions, the tree in a terminal, lines elsewhere', () => {
    const first = (to: ReportTarget & TextTarget, env: Record<string, string>): string => {
      const report = reporterFor(to, { NO_COLOR: '1', ...env });
      for (const event of syntheticRun([{ name: 'a', start: 0, ms: 5, lines: ['hello'] }]).events) report(event);
      return to.text;
    };
    const tty = (): ReportTarget & TextTarget => Object.assign(new TextTarget(), { isTTY: true });
    expect(first(tty(), { GITHUB_ACTIONS: 'true', CI: 'true' })).toContain('::group::');
    expect(first(tty(), { TERM: 'xterm' })).toContain('\u001b[?25l');
    expect(first(tty(), { TERM: 'xterm', CI: 'true' })).toMatch(/^a \| hello\n/);
    expect(first(tty(), { TERM: 'dumb' })).toMatch(/^a \| hello\n/);
    expect(first(new TextTarget(), {})).toMatch(/^a \| hello\n/);
  });
});

describe('Bad', () => {
  it.each([
    ['prefixedReporter', prefixedReporter],
    ['groupedReporter', groupedReporter],
    ['treeReporter', treeReporter],
    ['jsonLinesReporter', jsonLinesReporter],
    ['reporterFor', ({ to }: { to: ReportTarget }) => reporterFor(to)],
  ])('%s refuses what cannot be written to', (_, reporter) => {
    for (const to of [undefined, null, 'stdout', {}, { write: 1 }]) {
      expect(() => reporter({ to: to as unknown as ReportTarget })).toThrow(TypeError);
      expect(() => reporter({ to: to as unknown as ReportTarget })).toThrow(/^to must have a method "write"/);
    }
  });

  it('prefixedReporter refuses a target of stderr that cannot be written to', () => {
    expect(() => prefixedReporter({ to: file, stderrTo: {} as ReportTarget })).toThrow(/^stderrTo must have a method/);
  });
});
