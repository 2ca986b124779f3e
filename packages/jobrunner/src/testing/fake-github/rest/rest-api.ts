import { FakeGitHubRefusal, forbidden, notFound } from '../model/refusal.ts';
import type { FakeRepository } from '../model/repository.ts';
import { Body } from './body.ts';
import { CHECK_ROUTES } from './check-routes.ts';
import { COMMENT_ROUTES } from './comment-routes.ts';
import { HOOK_ROUTES } from './hook-routes.ts';
import { ISSUE_ROUTES } from './issue-routes.ts';
import { LABEL_ROUTES } from './label-routes.ts';
import { PULL_ROUTES } from './pull-routes.ts';
import { REPOSITORY_ROUTES, ROOT_ROUTES } from './root-routes.ts';
import type { RepoRoute, RestAnswer, RestRequest, RootRoute } from './route.ts';

/** A request that no route has looked at yet. */
export interface RawRestRequest extends Omit<RestRequest, 'body' | 'param'> {
  /** What the body was as JSON; `undefined` where there was none. */
  readonly json: unknown;
}

interface Compiled {
  readonly method: string;
  readonly segments: readonly string[];
  readonly docs: string;
  readonly run: (request: RestRequest) => RestAnswer;
}

const DOCS = 'https://docs.github.com/rest';

const REPO_ROUTES: readonly RepoRoute[] = [
  ...REPOSITORY_ROUTES,
  ...ISSUE_ROUTES,
  ...COMMENT_ROUTES,
  ...LABEL_ROUTES,
  ...PULL_ROUTES,
  ...CHECK_ROUTES,
  ...HOOK_ROUTES,
];

const ROUTES: readonly Compiled[] = [...ROOT_ROUTES.map(compileRoot), ...REPO_ROUTES.map(compileRepo)];

/** Answers as GitHub's REST API does; 501 where GitHub has a path perhaps, and the fake has none. */
export function answerRest(raw: RawRestRequest): RestAnswer {
  const segments = raw.path.split('/');
  const ofPath = ROUTES.filter((route) => fits(route.segments, segments));
  const route = ofPath.find(({ method }) => method === (raw.method === 'HEAD' ? 'GET' : raw.method));
  if (route === undefined) return notThere(raw);
  try {
    const param = (name: string): string => decodeURIComponent(segments[route.segments.indexOf(`{${name}}`)] ?? '');
    return route.run({ ...raw, body: new Body(raw.json), param });
  } catch (error) {
    if (!(error instanceof FakeGitHubRefusal)) throw error;
    return refusalAnswer(error, `${DOCS}/${route.docs}`);
  }
}

/** A refusal as REST words it. */
function refusalAnswer({ status, message, errors }: FakeGitHubRefusal, docs: string = DOCS): RestAnswer {
  const detail = errors === undefined ? {} : { errors };
  return { status, body: { message, ...detail, documentation_url: docs, status: String(status) } };
}

function notThere({ method, path }: RawRestRequest): RestAnswer {
  const message = `The fake GitHub does not implement ${method} ${path}`;
  return { status: 501, body: { message, documentation_url: DOCS, status: '501' } };
}

function compileRepo({ route, docs, needs, run }: RepoRoute): Compiled {
  return {
    ...parse(route),
    docs,
    run: (request) => {
      const repo = visibleRepo(request);
      allow(request, repo, needs);
      return run({ ...request, repo, by: request.viewer.login });
    },
  };
}

function compileRoot({ route, docs, auth, run }: RootRoute): Compiled {
  return {
    ...parse(route),
    docs,
    run: (request) => {
      if (auth === 'app' && request.viewer.auth !== 'app') {
        throw refuse(401, 'A JSON web token could not be decoded');
      }
      if (auth === 'user' && request.viewer.login === undefined) throw refuse(401, 'Requires authentication');
      if (auth === 'user' && request.viewer.auth === 'installation') {
        throw forbidden('Resource not accessible by integration');
      }
      return run(request);
    },
  };
}

/** A repository that the viewer may not see is not there. */
function visibleRepo({ world, viewer, param }: RestRequest): FakeRepository {
  const repo = world.repos.get(`${param('owner')}/${param('repo')}`.toLowerCase());
  if (repo?.allows(viewer.login, 'read') !== true) throw notFound();
  return repo;
}

function allow({ viewer, method }: RestRequest, repo: FakeRepository, needs: RepoRoute['needs']): void {
  const isWrite = method !== 'GET' && method !== 'HEAD';
  if (isWrite && viewer.login === undefined) throw refuse(401, 'Requires authentication');
  if (repo.allows(viewer.login, needs)) return;
  if (needs === 'admin') throw notFound(); // settings are not even shown
  throw forbidden(
    `Resource not accessible by ${viewer.auth === 'installation' ? 'integration' : 'personal access token'}`,
  );
}

function parse(route: string): { method: string; segments: readonly string[] } {
  const [method = '', path = ''] = route.split(' ');
  return { method, segments: path.split('/') };
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  return pattern.length === segments.length && pattern.every((part, at) => fitsPart(part, segments[at] ?? ''));
}

/** Numbers are digits: `issues/comments` is no issue. */
function fitsPart(part: string, segment: string): boolean {
  if (part === '{number}' || part === '{id}') return /^\d+$/.test(segment);
  return part.startsWith('{') ? segment !== '' : part === segment;
}

function refuse(status: number, message: string): FakeGitHubRefusal {
  return new FakeGitHubRefusal(message, { status, type: 'FORBIDDEN' });
}
