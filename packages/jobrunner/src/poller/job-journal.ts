import type { CancelOptions } from '@core/io';

import type { ActionResult } from '../action-result.ts';
import type { EntryExtra, JournalLine } from '../journal/journal-entry.ts';
import type { PipelineSignal } from '../pipeline-signal.ts';

/** What a poller needs of a journal. */
export interface JobJournal {
  /** Resolves when the line cannot get lost any more. */
  append(pipelineSignal: PipelineSignal, result: ActionResult, extra?: EntryExtra): Promise<unknown>;
  /** Every line of every node, oldest first: what has been done is known from them. It stops where the signal is aborted. */
  replay(options?: CancelOptions): AsyncIterable<JournalLine>;
}
