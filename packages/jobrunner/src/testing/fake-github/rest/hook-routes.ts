import { FakeGitHubRefusal, notFound } from '../model/refusal.ts';
import { created, paged, type RepoRequest, type RepoRoute, type RestAnswer } from './route.ts';
import { hookJson } from './shapes/hook.ts';

/** Webhooks of a repository. */
export const HOOK_ROUTES: readonly RepoRoute[] = [
  {
    route: 'GET /repos/{owner}/{repo}/hooks',
    docs: 'repos/webhooks#list-repository-webhooks',
    needs: 'admin',
    run: (request) => paged(request, request.webhooks.of(request.repo), (hook) => hookJson(hook, request.api)),
  },
  {
    route: 'POST /repos/{owner}/{repo}/hooks',
    docs: 'repos/webhooks#create-a-repository-webhook',
    needs: 'admin',
    run: createHook,
  },
  {
    route: 'DELETE /repos/{owner}/{repo}/hooks/{id}',
    docs: 'repos/webhooks#delete-a-repository-webhook',
    needs: 'admin',
    run: ({ webhooks, repo, param }: RepoRequest): RestAnswer => {
      const hook = webhooks.of(repo).find(({ id }) => id === Number(param('id')));
      if (hook === undefined) throw notFound();
      webhooks.remove(hook);
      return { status: 204 };
    },
  },
];

function createHook({ webhooks, repo, body, api }: RepoRequest): RestAnswer {
  const config = body.part('config');
  const url = config.text('url');
  if (url === undefined) {
    const errors = [{ resource: 'Hook', code: 'custom', message: 'Config must contain URL for webhooks' }];
    throw new FakeGitHubRefusal('Validation Failed', { status: 422, type: 'UNPROCESSABLE', errors });
  }
  const events = body.texts('events') ?? ['push'];
  return created(
    hookJson(webhooks.add(repo, { url, secret: config.text('secret'), events, active: body.flag('active') }), api),
  );
}
