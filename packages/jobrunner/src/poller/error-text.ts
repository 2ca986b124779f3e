import { redactor } from '@core/process';

import { safeText } from '../safe-text.ts';

/**
 * What an error says, as it may be kept and told: on one line, without tokens, the secrets of the environment, and the
 * texts in `hidden`.
 */
export function errorText(error: unknown, hidden: readonly (string | undefined)[] = []): string {
  const text = safeText(redactor(process.env)(wordsOf(error)), hidden);
  return text === '' ? 'it does not say why' : text;
}

/** Also of an error from another realm. */
function wordsOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error !== 'object' || error === null) return `${String(error)} was thrown`;
  const { message } = error as { readonly message?: unknown };
  return typeof message === 'string' ? message : 'something that is no error was thrown';
}
