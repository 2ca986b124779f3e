import type { JournalLine } from '../../../src/journal/journal-entry.ts';

const SIGNALS = {
  pr_state: 'OPEN',
  is_draft: false,
  check_status: 'SUCCESS',
  mergeable: 'MERGEABLE',
  threads_total: 0,
  threads_resolved: 0,
} as const;

/** A line of a journal, as it is read. */
export function lineAt(ts: string, over: Partial<JournalLine> = {}): JournalLine {
  return {
    ...{
      ts,
      epic: 1,
      child: 2,
      pr: 3,
      repo: 'host-uk/core',
      action: 'publish_draft',
      signals: SIGNALS,
      cycle: 1,
      v: 1,
    },
    ...{ result: { success: true, duration_ms: 100 }, id: 'n-1', node: 'n', seq: 1, prev: '', hash: '' },
    ...over,
  };
}

/** Lines one after the other. */
export async function* linesOf(...lines: JournalLine[]): AsyncGenerator<JournalLine> {
  for (const line of lines) yield await Promise.resolve(line);
}

/** Six weeks of three repositories and five handlers, the same every time. */
export async function* busyWeeks(): AsyncGenerator<JournalLine> {
  const handlers = ['publish_draft', 'send_fix_command', 'resolve_threads', 'enable_auto_merge', 'tick_parent'];
  let at = 7;
  const next = (below: number): number => {
    at = (at * 48_271) % 2_147_483_647;
    return at % below;
  };
  for (let day = 0; day < 42; day += 1) {
    const count = day % 7 > 4 ? next(6) : 20 + next(40);
    for (let action = 0; action < count; action += 1) {
      const ts = new Date(Date.UTC(2026, 0, 5 + day, 8 + next(10), next(60))).toISOString();
      const success = next(14) > 0;
      const error = success ? {} : { error: 'Cannot merge: the head has changed meanwhile (409)' };
      const handler = handlers[next(handlers.length)] ?? '';
      yield await Promise.resolve(
        lineAt(ts, {
          ...{ handler, action: handler, repo: ['host-uk/core', 'host-uk/web', 'host-uk/infra'][next(3)] ?? '' },
          ...{ pr: 100 + next(200), attempt: 1 + next(3), ...(next(11) === 0 && { dry_run: true }) },
          result: { success, ...error, duration_ms: 80 + next(900) + (success ? 0 : 4000) },
        }),
      );
    }
  }
}
