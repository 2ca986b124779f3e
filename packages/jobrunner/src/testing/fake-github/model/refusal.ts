/** Why GitHub does not do what it is asked: in the words of both of its APIs. */
export interface FakeGitHubRefusalOptions {
  /** Status of the REST answer. */
  readonly status: number;
  /** `type` of the GraphQL error. */
  readonly type: 'FORBIDDEN' | 'INVALID_CURSOR_ARGUMENTS' | 'NOT_FOUND' | 'UNPROCESSABLE';
  /** `errors` of the REST answer. */
  readonly errors?: readonly unknown[] | undefined;
}

/**
 * What the fake refuses, as GitHub does: a method of the fake throws it, an API answers with it.
 *
 * @example
 * ```ts
 * import { fakeGitHub, FakeGitHubRefusal } from '@core/jobrunner/testing';
 *
 * await using github = await fakeGitHub();
 * const draft = github.repo('host-uk/core').pull({ draft: true });
 * assert.throws(() => draft.merge(), FakeGitHubRefusal);
 * ```
 */
export class FakeGitHubRefusal extends Error {
  override readonly name = 'FakeGitHubRefusal';
  readonly status: number;
  readonly type: FakeGitHubRefusalOptions['type'];
  readonly errors: readonly unknown[] | undefined;

  constructor(message: string, { status, type, errors }: FakeGitHubRefusalOptions) {
    super(message);
    this.status = status;
    this.type = type;
    this.errors = errors;
  }
}

/** What is asked for makes no sense in this state. */
export function unprocessable(message: string, status = 422): FakeGitHubRefusal {
  return new FakeGitHubRefusal(message, { status, type: 'UNPROCESSABLE' });
}

/** There is no such thing, or the viewer does not see it. */
export function notFound(message = 'Not Found'): FakeGitHubRefusal {
  return new FakeGitHubRefusal(message, { status: 404, type: 'NOT_FOUND' });
}

/** The viewer sees it, and may not change it. */
export function forbidden(message: string): FakeGitHubRefusal {
  return new FakeGitHubRefusal(message, { status: 403, type: 'FORBIDDEN' });
}
