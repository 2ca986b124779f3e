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

const NO_ERROR = 'something that is no error was thrown';

/** Also of an error from another realm, and of one that does not let itself be read. */
function wordsOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error === 'function') return NO_ERROR;
  if (typeof error !== 'object' || error === null) return `${String(error)} was thrown`;
  try {
    const { message } = error as { readonly message?: unknown };
    return typeof message === 'string' ? message : NO_ERROR;
  } catch {
    return NO_ERROR;
  }
}
