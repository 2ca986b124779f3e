import type { RepoName } from './repo-name.ts';

/** An issue or a pull request that a text names. */
export interface IssueReference {
  /** `undefined`: of the repository that the text belongs to. */
  readonly repo: RepoName | undefined;
  readonly number: number;
  /** Where it begins, and where it ends. */
  readonly start: number;
  readonly end: number;
}

/** `#12`, `owner/repo#12`, or the address of an issue; the alternatives capture owner, name and number each. */
const NUMBER = '([1-9]\\d{0,9})(?!\\w)';
const OWNER = '([A-Za-z0-9][\\w-]{0,99})';
const NAME = '([\\w.-]{1,100})';
const SHORT = `(?<![\\w/&#.-])(?:${OWNER}/${NAME})?#${NUMBER}`;
const ADDRESS = `https?://([\\w.-]+(?::\\d+)?)/${OWNER}/${NAME}/(?:issues|pull)/${NUMBER}`;

/**
 * Every reference of a text, in its order. An address counts where its host is one of `hosts`: the issues of another
 * server are not of this one.
 */
export function issueReferences(text: string, hosts: readonly string[]): IssueReference[] {
  const found: IssueReference[] = [];
  for (const match of text.matchAll(new RegExp(`${ADDRESS}|${SHORT}`, 'g'))) {
    const [whole, host, urlOwner, urlName, urlNumber, owner, name, number] = match;
    if (host !== undefined && !hosts.includes(host.toLowerCase())) continue;
    const [repoOwner, repoName] = [urlOwner ?? owner, urlName ?? name];
    const repo = repoOwner === undefined || repoName === undefined ? undefined : { owner: repoOwner, name: repoName };
    found.push({ repo, number: Number(urlNumber ?? number), start: match.index, end: match.index + whole.length });
  }
  return found;
}

/** Where the pages of a server are, by the address of its API. */
export function webHosts(baseUrl: string): string[] {
  const { host, hostname, pathname } = new URL(baseUrl);
  if (/^\/api\/v3\/?$/.test(pathname)) return [host];
  if (hostname.startsWith('api.')) return [host.slice('api.'.length)];
  return [host, 'github.com']; // a stand-in, whose texts are as they are on github.com
}
