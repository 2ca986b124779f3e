import type { FakeApp } from '../app-auth.ts';
import { notFound } from '../model/refusal.ts';
import type { FakeRateLimitState } from '../rate-limits.ts';
import { created, ok, type RepoRoute, type RestAnswer, type RestRequest, type RootRoute } from './route.ts';
import { fullRepositoryJson } from './shapes/repository.ts';
import { time } from './shapes/time.ts';
import { userJson } from './shapes/user.ts';

/** A repository itself. */
export const REPOSITORY_ROUTES: readonly RepoRoute[] = [
  {
    route: 'GET /repos/{owner}/{repo}',
    docs: 'repos/repos#get-a-repository',
    needs: 'read',
    run: ({ repo, api }) => ok(fullRepositoryJson(repo, api)),
  },
];

/** What every app here may do. */
const PERMISSIONS = { issues: 'write', pull_requests: 'write', checks: 'read', metadata: 'read' } as const;

/** What belongs to no repository: budgets, the viewer, apps. */
export const ROOT_ROUTES: readonly RootRoute[] = [
  {
    route: 'GET /rate_limit',
    docs: 'rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user',
    auth: 'any',
    run: showRateLimit,
  },
  {
    route: 'GET /user',
    docs: 'users/users#get-the-authenticated-user',
    auth: 'user',
    run: ({ world, viewer, api }) => ok(publicUserJson(world.user(viewer.login ?? ''), api)),
  },
  {
    route: 'GET /app',
    docs: 'apps/apps#get-the-authenticated-app',
    auth: 'app',
    run: (request) => ok(appJson(appOf(request), request)),
  },
  {
    route: 'GET /repos/{owner}/{repo}/installation',
    docs: 'apps/apps#get-a-repository-installation-for-the-authenticated-app',
    auth: 'app',
    run: showInstallation,
  },
  {
    route: 'POST /app/installations/{id}/access_tokens',
    docs: 'apps/apps#create-an-installation-access-token-for-an-app',
    auth: 'app',
    run: createToken,
  },
];

function showRateLimit({ rateLimits, viewer: { login } }: RestRequest): RestAnswer {
  const core = budgetJson(rateLimits.state(login, 'core'));
  const graphql = budgetJson(rateLimits.state(login, 'graphql'));
  const search = { ...core, limit: 30, used: 0, remaining: 30, resource: 'search' };
  return ok({ resources: { core, graphql, search }, rate: core });
}

function budgetJson({ limit, used, remaining, reset, resource }: FakeRateLimitState): Record<string, unknown> {
  return { limit, used, remaining, reset, resource };
}

function publicUserJson(user: Parameters<typeof userJson>[0], api: string): Record<string, unknown> {
  const nothing = { name: null, company: null, blog: '', location: null, email: null, hireable: null, bio: null };
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 };
  const since = time(new Date(0));
  return { ...userJson(user, api), ...nothing, ...counts, created_at: since, updated_at: since };
}

function appOf({ apps, viewer }: RestRequest): FakeApp {
  const app = apps.find(viewer.appId);
  if (app === undefined) throw notFound();
  return app;
}

function appJson({ id, slug, installations }: FakeApp, { world, api }: RestRequest): Record<string, unknown> {
  const bot = world.user(`${slug}[bot]`);
  const [owner = slug] = Object.values(installations);
  const since = time(new Date(0));
  return {
    id,
    slug,
    node_id: bot.nodeId,
    owner: userJson(world.user(owner), api),
    name: slug,
    description: null,
    external_url: `https://github.com/apps/${slug}`,
    html_url: `https://github.com/apps/${slug}`,
    created_at: since,
    updated_at: since,
    permissions: PERMISSIONS,
    events: [],
    installations_count: Object.keys(installations).length,
  };
}

function showInstallation(request: RestRequest): RestAnswer {
  const { installations, slug, id: appId } = appOf(request);
  const [id, login] = Object.entries(installations).find(([, account]) => account === request.param('owner')) ?? [];
  if (id === undefined || login === undefined) throw notFound();
  const { world, api } = request;
  const account = world.user(login);
  const since = time(new Date(0));
  return ok({
    id: Number(id),
    account: userJson(account, api),
    repository_selection: 'all',
    access_tokens_url: `${api}/app/installations/${id}/access_tokens`,
    repositories_url: `${api}/installation/repositories`,
    html_url: `https://github.com/settings/installations/${id}`,
    app_id: appId,
    app_slug: slug,
    target_id: account.databaseId,
    target_type: account.type,
    permissions: PERMISSIONS,
    events: [],
    single_file_name: null,
    suspended_by: null,
    suspended_at: null,
    created_at: since,
    updated_at: since,
  });
}

function createToken(request: RestRequest): RestAnswer {
  const app = appOf(request);
  if (app.installations[Number(request.param('id'))] === undefined) throw notFound();
  const { token, expiresAt } = request.apps.issueToken(app);
  return created({ token, expires_at: time(expiresAt), permissions: PERMISSIONS, repository_selection: 'all' });
}
