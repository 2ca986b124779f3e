import { JobrunnerError } from '../../errors.ts';

/** A repository by its two names. */
export interface RepoName {
  readonly owner: string;
  readonly name: string;
}

/** Logins: letters, digits and single hyphens, also `_` for managed users; never first. */
const OWNER = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9_])?$/;
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/;

/** Reads `owner/name`; refuses what GitHub would never call a repository. */
export function parseRepoName(argument: string, text: unknown): RepoName {
  const [owner = '', name = '', ...rest] = typeof text === 'string' ? text.split('/') : [];
  if (rest.length === 0 && OWNER.test(owner) && NAME.test(name)) return { owner, name };
  const shown = typeof text === 'string' ? JSON.stringify(text.slice(0, 200)) : typeof text;
  throw new TypeError(`${argument} must be a repository as owner/name, not ${shown}`);
}

/** `owner/name` as one word that is the same however it is spelled: GitHub's names know no case. */
export function repoKey({ owner, name }: RepoName): string {
  return `${owner}/${name}`.toLowerCase();
}

/** The repository of a signal, where it is one: it becomes part of addresses. */
export function repoOf({ repoOwner, repoName }: { readonly repoOwner: string; readonly repoName: string }): RepoName {
  if (OWNER.test(repoOwner) && NAME.test(repoName)) return { owner: repoOwner, name: repoName };
  const id = `${repoOwner}/${repoName}`.slice(0, 200);
  throw new JobrunnerError(`Cannot act on ${JSON.stringify(id)}: no repository of GitHub is called so`, {
    code: 'ERR_GITHUB_REFUSED',
    op: 'github.handler',
    id,
  });
}

/** `undefined` for the text's own repository, however its name is spelled. */
export function elsewhere(repo: RepoName | undefined, own: RepoName): RepoName | undefined {
  return repo === undefined || repoKey(repo) === repoKey(own) ? undefined : repo;
}
