import type { ForeignIssue, ForeignPull, ForeignWorld } from './world.ts';

/** An answer before it is sent. */
export interface ForeignAnswer {
  readonly status: number;
  readonly data?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that was read. */
export interface ForeignRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: Readonly<Record<string, unknown>>;
}

const MOST_PER_PAGE = 30;

/** Answers the REST API, in pages that are shorter than what is asked for. */
export function answerRest(world: ForeignWorld, request: ForeignRequest): ForeignAnswer {
  const [, , owner = '', name = '', ...path] = request.url.pathname.split('/');
  if (`${owner}/${name}`.toLowerCase() !== world.name.toLowerCase()) return moved(world, request);
  const [kind, number = '', what] = path;
  const found = world.issues.get(Number(number)) ?? world.pulls.get(Number(number));
  if (kind === 'issues' && number === '') return { status: 200, data: listOf(world) };
  if (found === undefined) return { status: 404, data: { message: 'Not Found', status: '404' } };
  if (kind === 'pulls' && what === 'merge' && 'head' in found) return merge(world, found, request);
  if (what === 'comments') return request.method === 'POST' ? comment(found, request) : comments(found, request);
  if (request.method === 'PATCH' && 'labels' in found) return patch(world, found, request);
  return { status: 200, data: jsonOf(found) };
}

/** A name of before: GitHub keeps the method where it has to. */
function moved(world: ForeignWorld, { method, url }: ForeignRequest): ForeignAnswer {
  if (!url.pathname.toLowerCase().includes('/repos/host-uk/core'))
    return { status: 404, data: { message: 'Not Found' } };
  const location = `${url.origin}${url.pathname.replace(/^\/repos\/[^/]+\/[^/]+/, `/repos/${world.name}`)}${url.search}`;
  return { status: method === 'GET' ? 301 : 307, data: { message: 'Moved' }, headers: { location } };
}

function listOf({ issues, pulls }: ForeignWorld): unknown {
  const all = [...issues.values(), ...pulls.values()];
  return all.sort((a, b) => b.updatedAt.localeCompare(a.updatedAt)).map((one) => jsonOf(one));
}

function jsonOf(one: ForeignIssue | ForeignPull): unknown {
  const state = one.state === 'OPEN' ? 'open' : 'closed';
  const body = one.body === '' ? null : one.body;
  const own = 'head' in one ? { pull_request: { merged_at: null }, draft: one.isDraft } : { title: one.title };
  return { number: one.number, state, body, user: null, updated_at: one.updatedAt, ...own };
}

function patch(world: ForeignWorld, issue: ForeignIssue, { body }: ForeignRequest): ForeignAnswer {
  world.touch(issue, {
    ...(typeof body['body'] === 'string' ? { body: body['body'] } : {}),
    ...(body['state'] === 'closed' ? { state: 'CLOSED' } : {}),
  });
  return { status: 200, data: jsonOf(issue) };
}

function merge(world: ForeignWorld, pull: ForeignPull, { body }: ForeignRequest): ForeignAnswer {
  if (pull.state !== 'OPEN' || pull.isDraft) return { status: 405, data: { message: 'Pull Request is not mergeable' } };
  if (body['sha'] !== pull.head) return { status: 409, data: { message: 'Head branch was modified.' } };
  world.touch(pull, { state: 'MERGED', mergeable: 'UNKNOWN' });
  return { status: 200, data: { merged: true, sha: pull.head, message: 'Pull Request successfully merged' } };
}

function comment(found: ForeignIssue | ForeignPull, { body }: ForeignRequest): ForeignAnswer {
  found.comments.push(String(body['body']));
  return { status: 201, data: { id: found.comments.length } };
}

function comments({ comments: all }: ForeignIssue | ForeignPull, { url }: ForeignRequest): ForeignAnswer {
  const page = Number(url.searchParams.get('page') ?? 1);
  const size = Math.min(Number(url.searchParams.get('per_page') ?? MOST_PER_PAGE), MOST_PER_PAGE);
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  const data = all.slice((page - 1) * size, page * size).map((body) => ({ body, user: null }));
  const isLast = page * size >= all.length;
  return {
    status: 200,
    data,
    headers: isLast ? {} : { link: `<${next.href}>; rel="next", <${next.href}>; rel="last"` },
  };
}
