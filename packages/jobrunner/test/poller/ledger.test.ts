import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { EntryPhase, JournalLine } from '../../src/journal/journal-entry.ts';
import { Ledger, type LedgerPolicy } from '../../src/poller/ledger.ts';
import { TestJournal } from './support/fixtures.ts';

const POLICY: LedgerPolicy = {
  ...{ maxAttempts: 3, retry: { minDelayMs: 1000 }, cooldownMs: undefined, random: () => 1 },
};

const START = Date.parse('2026-02-05T12:00:00Z');

/** A line at so many milliseconds after the start. */
function line(phase: EntryPhase | undefined, attempt: number, ms: number, success: boolean = false): JournalLine {
  const ts = new Date(START + ms).toISOString();
  const at = { epic: 1, child: 2, pr: 3, repo: 'a/b', action: 'h', cycle: 1, v: 1, id: '', node: 'n', seq: 1 };
  const signals = {
    ...{ pr_state: 'OPEN', is_draft: true, check_status: 'NONE', mergeable: 'UNKNOWN' },
    threads_total: 0,
    threads_resolved: 0,
  };
  const given = { key: 'k', attempt, ...(phase !== undefined && { phase }) };
  return { ...at, ...given, ts, signals, result: { success, duration_ms: 1 }, prev: '', hash: '' };
}

async function ledgerOf(lines: readonly JournalLine[], policy: Partial<LedgerPolicy> = {}): Promise<Ledger> {
  return Ledger.of(new TestJournal(lines), { ...POLICY, ...policy }, { now: START + 1_000_000 });
}

describe('Ledger', () => {
  describe('Good', () => {
    it('next is the first run of what nobody has heard of', async () => {
      expect((await ledgerOf([])).next('k', START)).toEqual({ attempt: 1, run: 1 });
      expect((await Ledger.of(undefined, POLICY, { now: START })).next('k', START)).toEqual({ attempt: 1, run: 1 });
    });

    it.each<[string, JournalLine[], unknown]>([
      ['done', [line('started', 1, 0), line('finished', 1, 10, true)], undefined],
      ['done, by a line without a phase', [line(undefined, 1, 10, true)], undefined],
      ['given up', [line('started', 3, 0), line('dead_letter', 3, 10)], undefined],
      ['failed once', [line('started', 1, 0), line('finished', 1, 10)], { attempt: 2, run: 2 }],
      ['cut off', [line('started', 1, 0)], { attempt: 2, run: 1, cutOff: 1 }],
      ['cut off twice', [line('started', 1, 0), line('started', 2, 10)], { attempt: 3, run: 1, cutOff: 2 }],
      [
        'cut off, and found to be so',
        [line('started', 1, 0), line('finished', 1, 5), line('started', 2, 10)],
        { attempt: 3, run: 2, cutOff: 2 },
      ],
      ['of another key', [{ ...line('finished', 1, 10, true), key: 'other' }], { attempt: 1, run: 1 }],
      ['of no key', [{ ...line('finished', 1, 10, true), key: undefined as never }], { attempt: 1, run: 1 }],
      ['only shown', [{ ...line('finished', 1, 10, true), dry_run: true }], { attempt: 1, run: 1 }],
    ])('next of what is %s', async (_, lines, next) => {
      expect((await ledgerOf(lines)).next('k', START + 1_000_000)).toEqual(next);
    });

    it('next waits for the back-off, and for the cooldown', async () => {
      const failed = await ledgerOf([line('finished', 2, 0)]);
      expect([failed.next('k', START + 1999), failed.next('k', START + 2000)?.attempt]).toEqual([undefined, 3]);
      const over = await ledgerOf([line('finished', 2, 0, true)], { cooldownMs: 5000 });
      expect([over.next('k', START + 4999), over.next('k', START + 5000)]).toEqual([undefined, { attempt: 1, run: 2 }]);
    });

    it('show is true once for each key', async () => {
      const ledger = await ledgerOf([{ ...line('finished', 1, 10, true), dry_run: true }]);
      expect([ledger.show('k'), ledger.show('l'), ledger.show('l')]).toEqual([false, true, false]);
    });

    it('learn takes over a run that is not known, or was cut off, and no other', async () => {
      const ledger = await ledgerOf([line('finished', 1, 0, true)]);
      ledger.learn('k', 1, { attempt: 1, success: false, at: START });
      expect(ledger.next('k', START + 1_000_000)).toBeUndefined();
      ledger.learn('l', 2, { attempt: 2, success: false, at: START });
      expect(ledger.next('l', START + 1_000_000)).toEqual({ attempt: 3, run: 3 });
      ledger.learn('m', 1, { attempt: 3, success: false, at: START });
      expect(ledger.next('m', START + 1_000_000)).toBeUndefined();
      const cut = await ledgerOf([line('started', 1, 0)]);
      cut.learn('k', 1, { attempt: 1, success: true, at: START });
      expect(cut.next('k', START + 1_000_000)).toBeUndefined();
    });
  });

  describe('Ugly', () => {
    it('next knows an end whose time a handler has set before the beginning', async () => {
      const ledger = await ledgerOf([
        line('finished', 1, -9e7),
        line('finished', 2, -9e7, true),
        line('started', 1, 0),
        line('started', 2, 9),
      ]);
      expect(ledger.next('k', START + 1_000_000)).toBeUndefined();
    });

    it('next knows an end whose time a handler has set in the future', async () => {
      const ledger = await ledgerOf([line('started', 1, 0), line('finished', 1, 1e12)]);
      expect(ledger.next('k', START + 1_001_000)?.attempt).toBe(2);
    });

    it('next begins a new round after the cooldown, also after a restart in the middle of it', async () => {
      const ledger = await ledgerOf([line('finished', 2, 0, true), line('started', 1, 9000)], { cooldownMs: 5000 });
      expect(ledger.next('k', START + 1_000_000)).toEqual({ attempt: 2, run: 2, cutOff: 1 });
    });

    it('next waits for the back-off and the cooldown, and no longer, where the clock is set back', async () => {
      const failed = await ledgerOf([line('finished', 2, 900_000)]);
      expect([failed.next('k', START), failed.next('k', START + 1999)]).toEqual([undefined, undefined]);
      expect(failed.next('k', START + 2000)?.attempt).toBe(3);
      const over = await ledgerOf([line('finished', 2, 900_000, true)], { cooldownMs: 5000 });
      expect([over.next('k', START), over.next('k', START + 4999)]).toEqual([undefined, undefined]);
      expect(over.next('k', START + 5000)).toEqual({ attempt: 1, run: 2 });
    });

    it('of stops reading where its signal is aborted', async () => {
      const stop = new AbortController();
      const reason = new Error('enough');
      const journal = new TestJournal();
      let read = 0;
      journal.replay = async function* (): AsyncGenerator<JournalLine> {
        await Promise.resolve();
        for (; ; read += 1) {
          if (read === 3) stop.abort(reason);
          yield line('finished', 1, 0);
        }
      };
      await expect(Ledger.of(journal, POLICY, { now: START, signal: stop.signal })).rejects.toBe(reason);
      expect(read).toBe(3);
    });

    it('putOff counts no attempt', async () => {
      const ledger = await ledgerOf([line('finished', 1, 0)]);
      ledger.putOff('k', { attempt: 2, run: 2 }, START + 10_000);
      expect([ledger.next('k', START + 11_999), ledger.next('k', START + 12_000)]).toEqual([
        undefined,
        { attempt: 2, run: 2 },
      ]);
    });

    it('of gives what the one before it knew, whatever happened', async () => {
      const step = fc.record({ phase: fc.constantFrom('finished', 'dead_letter', 'crash'), success: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
          const ledger = await ledgerOf([]);
          const lines: JournalLine[] = [];
          let ms = 0;
          for (const { phase, success } of steps) {
            ms += 400_000;
            const next = ledger.next('k', START + ms);
            if (next === undefined) break;
            const { attempt, run } = next;
            ledger.note('k', { phase: 'started', attempt, run, success: false, at: START + ms });
            lines.push(line('started', attempt, ms));
            if (phase === 'crash') continue;
            ledger.note('k', { phase, attempt, run, success, at: START + ms });
            lines.push(line(phase, attempt, ms, success));
          }
          const again = await Ledger.of(new TestJournal(lines), POLICY, { now: START + ms });
          expect(again.next('k', START + ms + 400_000)).toEqual(ledger.next('k', START + ms + 400_000));
        }),
      );
    });
  });
});
