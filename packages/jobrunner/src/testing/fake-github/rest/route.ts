import type { AppRegistry } from '../app-auth.ts';
import type { FakeRepository } from '../model/repository.ts';
import type { FakePermission } from '../model/words.ts';
import type { World } from '../model/world.ts';
import type { RateLimits } from '../rate-limits.ts';
import type { Viewer } from '../viewer.ts';
import type { Webhooks } from '../webhooks.ts';
import type { Body } from './body.ts';

/** One request to the REST API, as a route sees it. */
export interface RestRequest {
  readonly world: World;
  readonly apps: AppRegistry;
  readonly webhooks: Webhooks;
  readonly rateLimits: RateLimits;
  readonly viewer: Viewer;
  readonly method: string;
  /** Address of the API: `http://127.0.0.1:8080`. */
  readonly api: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Body;
  /** A part of the path, decoded. */
  readonly param: (name: string) => string;
}

/** The same where the path names a repository that the viewer sees. */
export interface RepoRequest extends RestRequest {
  readonly repo: FakeRepository;
  /** Who changes something: the viewer. */
  readonly by: string | undefined;
}

/** What a route answers. */
export interface RestAnswer {
  readonly status: number;
  /** JSON; `undefined`: no body. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface RouteWords {
  /** `GET /repos/{owner}/{repo}/issues` */
  readonly route: string;
  /** Page of GitHub's documentation: `issues/issues#list-repository-issues`. */
  readonly docs: string;
}

/** A path below a repository, and what the viewer must be allowed there. */
export interface RepoRoute extends RouteWords {
  readonly needs: Exclude<FakePermission, 'none'>;
  readonly run: (request: RepoRequest) => RestAnswer;
}

/** Any other path, and how one must have authenticated. */
export interface RootRoute extends RouteWords {
  readonly auth: 'any' | 'app' | 'user';
  readonly run: (request: RestRequest) => RestAnswer;
}

/** 200 with a body. */
export function ok(body: unknown): RestAnswer {
  return { status: 200, body };
}

/** 201 with what was made. */
export function created(body: unknown): RestAnswer {
  return { status: 201, body };
}

const MOST_PER_PAGE = 100;
const PER_PAGE = 30;

/** One page of a list, with links to the others. Only what is on it is put into words. */
export function paged<T>(request: RestRequest, items: readonly T[], shape: (item: T) => unknown): RestAnswer {
  const { items: shown, headers } = pageOf(request, items);
  return { status: 200, body: shown.map(shape), headers };
}

/** The items of the page that is asked for, and the header that links the others. */
export function pageOf<T>(
  { query, api, path }: RestRequest,
  items: readonly T[],
): { items: readonly T[]; headers: Record<string, string> } {
  const perPage = Math.min(MOST_PER_PAGE, positive(query.get('per_page')) ?? PER_PAGE);
  const page = positive(query.get('page')) ?? 1;
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const link = (to: number, rel: string): string => {
    const parameters = new URLSearchParams(query);
    parameters.set('page', String(to));
    return `<${api}${path}?${parameters.toString()}>; rel="${rel}"`;
  };
  const back = page > 1 ? [link(Math.min(page - 1, last), 'prev')] : [];
  const on = page < last ? [link(page + 1, 'next'), link(last, 'last')] : [];
  const links = [...back, ...on, ...(page > 1 ? [link(1, 'first')] : [])];
  return {
    items: items.slice((page - 1) * perPage, page * perPage),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}

function positive(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}
