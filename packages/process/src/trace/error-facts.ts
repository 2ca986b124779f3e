/** What of an error is told to machines. */
export interface ErrorFacts {
  readonly code: string | null;
  readonly message: string;
}

/** Code and message of whatever was thrown; never throws itself. */
export function errorFacts(error: unknown): ErrorFacts {
  try {
    if (typeof error !== 'object' || error === null) return { code: null, message: String(error) };
    const { code, message } = error as { code?: unknown; message?: unknown };
    return {
      code: typeof code === 'string' ? code : null,
      message: typeof message === 'string' ? message : JSON.stringify(error),
    };
  } catch {
    return { code: null, message: 'an error that cannot be read' };
  }
}
