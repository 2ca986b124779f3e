import { createHash } from 'node:crypto';

import { describe, expect, it, jest } from '@jest/globals';

import { timelinePage } from '../../src/trace/timeline.ts';
import { type SyntheticTask, syntheticRun } from '../reporters/support/synthetic-run.ts';

function pageOf(tasks: readonly SyntheticTask[], criticalPath: string[] = [], title?: string): string {
  return timelinePage(syntheticRun(tasks, criticalPath).result, { title });
}

const TASKS: SyntheticTask[] = [
  { name: 'build', start: 0, ms: 1200 },
  { name: 'test', after: ['build'], start: 1200, ms: 800, status: 'failed', exitCode: 1, lines: ['one', 'two'] },
  { name: 'audit', start: 0, ms: 50, status: 'allowed-failure', exitCode: 2, error: new Error('2 advisories\nmore') },
  { name: 'deploy', after: ['test'], status: 'skipped', reason: 'test failed' },
];

jest.setTimeout(60_000); // for a machine that is busy with other things

describe('Good', () => {
  it('timelinePage shows tasks, figures, legend, critical path, failures and a table', () => {
    const page = pageOf(TASKS, ['build', 'test'], 'Nightly');
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">\n<head>/);
    expect(page).toContain('<title>Nightly</title>');
    expect(page).toContain('<h1>Nightly</h1><span class="badge failed">failed</span>');
    expect(page).toContain('<dt>Parallelism</dt><dd>1.0 <small>tasks at once</small></dd>');
    expect(page).toContain('<dt>Critical path</dt><dd>2.0s <small>100 %</small></dd>');
    expect(page).toContain('aria-label="3 tasks in 2 lanes over 2.0s"');
    expect(page).toContain('class="task failed critical" x="60%" y="8" width="40%"');
    expect(page).toContain('aria-label="test: failed, 800ms from 1.2s"');
    expect(page).toContain(
      '<title>test\nfailed after 800ms, on the critical path\nfrom 1.2s to 2.0s\nexit code 1\nafter build</title>',
    );
    expect(page).toContain('<li>build <small>1.2s</small></li><li>test <small>800ms</small></li>');
    expect(page).toContain('<pre>one\ntwo</pre>');
    expect(page).toContain('<p>2 advisories</p>');
    expect(page).toMatch(/<tr id="task-3"><td>deploy<\/td>.*skipped.*test failed<\/td><\/tr>/);
  });

  it('timelinePage allows nothing but its own style and script', () => {
    const page = pageOf(TASKS);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'");
    const hash = (tagName: string): string => {
      const text = new RegExp(`<${tagName}>([^]*?)</${tagName}>`).exec(page)?.[1] ?? '';
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    };
    expect(policy).toBe(
      `default-src 'none'; style-src ${hash('style')}; script-src ${hash('script')}; base-uri 'none'; form-action 'none'`,
    );
    expect(page).not.toMatch(/https?:|url\(|@import|\sstyle=|\son[a-z]+=/);
    expect(page.match(/<script/g)).toHaveLength(1);
  });

  it('timelinePage of the same run is the same page', () => {
    expect(pageOf(TASKS, ['build'])).toBe(pageOf(TASKS, ['build']));
  });
});

describe('Bad', () => {
  it('timelinePage of nothing, and of one task, are pages', () => {
    expect(pageOf([])).toContain('0 tasks in 1 lanes over 1ms');
    expect(pageOf([{ name: 'only', start: 0, ms: 0 }])).toContain('aria-label="only: passed, 0ms from 0ms"');
  });

  it('timelinePage makes what is too short to be seen as wide as it may be', () => {
    const page = pageOf([
      { name: 'a', start: 0, ms: 1 },
      { name: 'b', start: 5, ms: 99_995 },
    ]);
    expect(page).toContain('x="0%" y="8" width="0.005%"');
    expect(
      pageOf([
        { name: 'a', start: 0, ms: 1 },
        { name: 'b', start: 50_000, ms: 50_000 },
      ]),
    ).toContain('width="0.12%"');
  });
});

describe('Ugly', () => {
  it('timelinePage lets no name, reason, error or output out of its place', () => {
    const evil = `</script></style></title><img src=x onerror="alert('1')">&lt;\u001b[31m\ud800\0`;
    const task: SyntheticTask = {
      name: evil,
      start: 0,
      ms: 10,
      status: 'failed',
      lines: [evil],
      error: new Error(evil),
    };
    const skipped: SyntheticTask = { name: `${evil}2`, after: [evil], status: 'skipped', reason: evil };
    const page = pageOf([task, skipped], [evil], evil);
    expect(page).not.toContain('<img');
    expect(page).not.toMatch(/[\0\u001b]/);
    expect(page.isWellFormed()).toBe(true);
    const safe =
      '&lt;/script&gt;&lt;/style&gt;&lt;/title&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;lt;';
    expect(page.split(safe).length - 1).toBeGreaterThanOrEqual(9);
    for (const name of ['script', 'style']) expect(page.split(`</${name}>`)).toHaveLength(2);
  });

  it('timelinePage of 2,000 tasks that all ran at once, and of 200,000 lines, stays a page', () => {
    const lines = Array.from({ length: 100 }, () => 'line');
    const tasks = Array.from({ length: 2000 }, (_, index): SyntheticTask => {
      return { name: `t${String(index)}`, start: 0, ms: 100 + index, status: 'failed', lines };
    });
    const page = pageOf(tasks);
    expect(page).toContain('2000 tasks in 2000 lanes');
    expect(page).toContain('and 1950 more in the table below');
    expect(page.match(/class="task /g)).toHaveLength(2000);
    expect(page.length).toBeLessThan(2_500_000);
  });
});
