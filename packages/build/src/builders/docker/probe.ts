import { isCoreError } from '@core/io';

import { BuildError } from '../../errors.ts';

/** What came of a question to a tool. */
export type Answer =
  | { readonly ok: true; readonly text: string }
  /** `text` is the end of what it said. */
  | { readonly ok: false; readonly isMissing: boolean; readonly text: string };

/** Waits for the answer of a tool that need not be there, nor work. */
export async function answerOf(question: Promise<string>): Promise<Answer> {
  try {
    return { ok: true, text: await question };
  } catch (error) {
    if (!isCoreError(error)) throw error;
    const isMissing = error.code === 'ERR_BUILD_TOOL_MISSING';
    if (!isMissing && error.code !== 'ERR_BUILD_COMMAND_FAILED') throw error;
    return { ok: false, isMissing, text: error instanceof BuildError ? (error.output ?? '') : '' };
  }
}

/** The last line of what a tool said. */
export function lastWords(text: string): string {
  return text.trim().split('\n').at(-1)?.replace(/\.$/, '') ?? '';
}

/** The first version in a text: `podman version 4.3.1` says 4.3.1. */
export function versionIn(text: string): string {
  return /\d+(?:\.\d+)+[^\s,)]*/.exec(text)?.[0] ?? text;
}
