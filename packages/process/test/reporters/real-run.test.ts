import { describe, expect, it, jest } from '@jest/globals';

import { groupedReporter } from '../../src/reporters/grouped-reporter.ts';
import { jsonLinesReporter } from '../../src/reporters/json-lines-reporter.ts';
import { prefixedReporter } from '../../src/reporters/prefixed-reporter.ts';
import { treeReporter } from '../../src/reporters/tree-reporter.ts';
import type { RunEvent } from '../../src/runner/run-event.ts';
import type { RunAllResult } from '../../src/runner/run-result.ts';
import type { RunSpec } from '../../src/runner/run-spec.ts';
import { Runner } from '../../src/runner/runner.ts';
import { Service } from '../../src/service.ts';
import { timelinePage } from '../../src/trace/timeline.ts';
import { TextTarget } from './support/synthetic-run.ts';

const SPECS: RunSpec[] = [
  { name: 'make', command: 'node', args: ['-e', 'console.log("made"); console.error("warned")'] },
  { name: 'check', task: ({ log }) => { log('fine'); }, after: ['make'] }, // prettier-ignore
  { name: 'break', command: 'node', args: ['-e', 'console.error("broken"); process.exit(3)'], after: ['make'] },
  { name: 'ship', command: 'true', after: ['check', 'break'] },
  { name: 'missing', command: 'no-such-program', allowFailure: true },
  { name: 'flaky', command: 'false', retries: { retries: 1, minDelayMs: 1 }, allowFailure: true },
];

interface Reports {
  readonly result: RunAllResult;
  readonly events: RunEvent[];
  readonly prefixed: string;
  readonly grouped: string;
  readonly tree: string;
  readonly json: string;
}

/** One real run, told to every reporter. */
async function reported(): Promise<Reports> {
  const [prefixed, grouped, tree, json] = [new TextTarget(), new TextTarget(), new TextTarget(), new TextTarget()];
  const events: RunEvent[] = [];
  const reporters = [
    prefixedReporter({ to: prefixed, colors: false }),
    groupedReporter({ to: grouped, colors: false, github: false }),
    treeReporter({ to: Object.assign(tree, { isTTY: true }), colors: false, env: { TERM: 'xterm' } }),
    jsonLinesReporter({ to: json }),
  ];
  await using service = new Service();
  const onEvent = (event: RunEvent): void => {
    events.push(event);
    for (const report of reporters) report(event);
  };
  const result = await new Runner(service).runAll(SPECS, { onEvent });
  return { result, events, prefixed: prefixed.text, grouped: grouped.text, tree: tree.text, json: json.text };
}

/** Without what only moves and hides. */
function plain(text: string): string {
  return text.replaceAll(/\u001b\[\??[0-9]*[a-zA-Z]/g, '');
}

jest.setTimeout(60_000); // for a machine that is busy with other things

describe('Good', () => {
  it('every reporter tells the same of a real run', async () => {
    const { result, events, prefixed, grouped, tree, json } = await reported();
    const statuses = result.results.map(({ status }) => status);
    expect(statuses).toEqual(['passed', 'passed', 'failed', 'skipped', 'allowed-failure', 'allowed-failure']);

    expect(prefixed).toMatch(/^make {4}\| made$/m);
    expect(prefixed).toMatch(/^make {4}! warned$/m);
    expect(prefixed).toMatch(/^check {3}\| fine$/m);
    expect(prefixed).toMatch(/^break {3}: failed after \d+ms: exit code 3$/m);
    expect(prefixed).toMatch(/^ship {4}: skipped: .*break/m);
    expect(prefixed).toMatch(/^flaky {3}: try 2 in 1ms: /m);
    expect(grouped).toMatch(/^✗ break failed after \d+ms: exit code 3\nbroken\n$/m);
    expect(grouped).toMatch(/^✗ break failed after \d+ms: exit code 3\n {2}broken\n\n✓ make/m);
    expect(plain(tree)).toMatch(/├─ ✓ check .*\n.*- ship .*\n.*✗ break .*exit code 3\n/);
    for (const text of [prefixed, grouped, tree]) {
      expect(plain(text).trimEnd()).toMatch(/6 tasks: 2 passed, 2 allowed failures, 1 failed, 1 skipped in \S+$/);
    }

    const objects = json
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(objects.map(({ type }) => type)).toEqual(events.map(({ type }) => type));
  });

  it('timelinePage and trace show a real run', async () => {
    const { result } = await reported();
    const page = timelinePage(result);
    const ran = result.results.filter(({ startedAt }) => startedAt !== undefined);
    for (const { name, status } of ran) expect(page).toContain(`aria-label="${name}: ${status.replace('-', ' ')}, `);
    const { traceEvents } = result.trace();
    expect(traceEvents.filter(({ ph }) => ph === 'X').map(({ name }) => name).sort()).toEqual(ran.map(({ name }) => name).sort()); // prettier-ignore
  });
});

describe('Ugly', () => {
  it('a reporter that throws harms neither the run nor the other reports', async () => {
    const target = {
      write(): never {
        throw new Error('the pipe is broken');
      },
    };
    await using service = new Service();
    const { success } = await new Runner(service).runAll([{ name: 'a', command: 'true' }], {
      onEvent: prefixedReporter({ to: target }),
    });
    expect(success).toBe(true);
  });
});
