import type { JobrunnerError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { GitHubAppAuth, GitHubClient } from '../client/github-client.ts';

/** What a {@link GitHubSource} is made from. */
export interface GitHubSourceOptions {
  /** `owner/name` of each. */
  readonly repos: readonly string[];
  /** A client of yours; otherwise one is made from `auth` and `baseUrl`. */
  readonly octokit?: GitHubClient | undefined;
  /** A token, or a GitHub App. */
  readonly auth?: string | GitHubAppAuth | undefined;
  /** Address of the REST API; `https://api.github.com` unless it is given. */
  readonly baseUrl?: string | undefined;
  /** Permanent: it is part of the key of every action; `github` unless it is given. */
  readonly name?: string | undefined;
  /** Open issues with this label are epics; `epic` unless it is given. */
  readonly epicLabel?: string | undefined;
  /** Whether results are told in comments on the epic, once for each state; not unless it is given. */
  readonly report?: boolean | undefined;
  /** The part of GitHub's hourly limits that is used at most, from above 0 to 1; 0.5 unless it is given. */
  readonly rateShare?: number | undefined;
  /** A repository that seems unchanged for so long is read again all the same; 600,000 unless it is given. */
  readonly refreshMs?: number | undefined;
  /** Is told of each repository that could not be read completely, in each poll. */
  readonly onProblem?: ((problem: JobrunnerError) => void) | undefined;
  readonly logger?: Logger | undefined;
}
