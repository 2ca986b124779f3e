import type { JobrunnerError } from './errors.ts';

/** What a poller tells while it works: enough for metrics, without any free text. */
export type JobrunnerEvent =
  | { readonly type: 'cycle-started'; readonly cycle: number }
  | {
      readonly type: 'cycle-finished';
      readonly cycle: number;
      readonly durationMs: number;
      readonly signals: number;
      readonly dispatched: number;
    }
  | {
      readonly type: 'source-polled';
      readonly source: string;
      readonly cycle: number;
      readonly durationMs: number;
      readonly signals: number;
    }
  | {
      readonly type: 'source-failed';
      readonly source: string;
      readonly cycle: number;
      readonly durationMs: number;
      readonly error: JobrunnerError;
      readonly retryInMs: number;
    }
  | {
      readonly type: 'action-started' | 'action-skipped';
      readonly source: string;
      readonly handler: string;
      readonly repo: string;
      readonly key: string;
      readonly cycle: number;
      readonly attempt: number;
    }
  | {
      readonly type: 'action-finished' | 'action-dead-lettered';
      readonly source: string;
      readonly handler: string;
      readonly repo: string;
      readonly key: string;
      readonly cycle: number;
      readonly attempt: number;
      readonly success: boolean;
      readonly durationMs: number;
      readonly dryRun: boolean;
    }
  | {
      readonly type: 'dispatch-failed' | 'journal-failed' | 'report-failed';
      readonly source: string;
      readonly key: string;
      readonly error: JobrunnerError;
    };

/** Is called in the order of events. What it throws is dropped. */
export type JobrunnerListener = (event: JobrunnerEvent) => void;
