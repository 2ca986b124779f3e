import type { CheckStatus } from '../../pipeline-signal.ts';
import type { Json } from './json.ts';

/** States of GitHub's roll-up of check runs and commit statuses. */
const CHECKS: Readonly<Record<string, CheckStatus>> = {
  SUCCESS: 'SUCCESS',
  FAILURE: 'FAILURE',
  ERROR: 'FAILURE',
  PENDING: 'PENDING',
  EXPECTED: 'PENDING',
};

/** All checks of a pull request in one word, from its `statusCheckRollup{state}`. */
export function checksOf(pull: Json): CheckStatus {
  const rollup = pull['statusCheckRollup'];
  if (rollup === null) return 'NONE';
  const { state } = (rollup ?? {}) as { state?: unknown };
  return CHECKS[String(state)] ?? 'UNKNOWN';
}
