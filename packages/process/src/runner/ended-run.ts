import { type ChromeTrace, chromeTrace } from '../trace/chrome-trace.ts';
import type { RunAllResult, RunResult, RunStatus } from './run-result.ts';

/** What an {@link EndedRun} is made from. */
export interface EndedRunFacts {
  readonly results: readonly RunResult[];
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly criticalPath: readonly string[];
}

const PASSED: ReadonlySet<RunStatus> = new Set(['passed', 'cached', 'allowed-failure']);

/** What is known of a run that is over. */
export class EndedRun implements RunAllResult {
  readonly results: readonly RunResult[];
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly success: boolean;
  readonly criticalPath: readonly string[];

  constructor({ results, startedAt, durationMs, criticalPath }: EndedRunFacts) {
    this.results = results;
    this.startedAt = startedAt;
    this.durationMs = durationMs;
    this.criticalPath = criticalPath;
    this.passed = results.filter(({ status }) => PASSED.has(status)).length;
    this.failed = results.filter(({ status }) => status === 'failed').length;
    this.skipped = results.length - this.passed - this.failed;
    this.success = this.passed === results.length;
  }

  trace(): ChromeTrace {
    return chromeTrace(this);
  }
}
