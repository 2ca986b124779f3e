import { commitAt } from './find.ts';
import { created, ok, pageOf, paged, type RepoRequest, type RepoRoute, type RestAnswer } from './route.ts';
import { checkRunJson, combinedStatusJson, statusJson } from './shapes/checks.ts';

const COMMIT = '/repos/{owner}/{repo}/commits/{ref}';

/** Check runs and commit statuses. */
export const CHECK_ROUTES: readonly RepoRoute[] = [
  {
    route: `GET ${COMMIT}/check-runs`,
    docs: 'checks/runs#list-check-runs-for-a-git-reference',
    needs: 'read',
    run: listCheckRuns,
  },
  {
    route: `GET ${COMMIT}/status`,
    docs: 'commits/statuses#get-the-combined-status-for-a-specific-reference',
    needs: 'read',
    run: (request) => ok(combinedStatusJson(commitAt(request), request.api)),
  },
  {
    route: `GET ${COMMIT}/statuses`,
    docs: 'commits/statuses#list-commit-statuses-for-a-reference',
    needs: 'read',
    run: (request) => paged(request, commitAt(request).statuses, (status) => statusJson(status, request.api)),
  },
  {
    route: 'POST /repos/{owner}/{repo}/statuses/{ref}',
    docs: 'commits/statuses#create-a-commit-status',
    needs: 'write',
    run: createStatus,
  },
  {
    route: 'POST /repos/{owner}/{repo}/check-runs',
    docs: 'checks/runs#create-a-check-run',
    needs: 'write',
    run: createCheckRun,
  },
];

function listCheckRuns(request: RepoRequest): RestAnswer {
  const { query, api } = request;
  const [name, status] = [query.get('check_name'), query.get('status')];
  const runs = commitAt(request).checks.filter(
    (run) => (name === null || run.name === name) && (status === null || run.status === status),
  );
  const { items, headers } = pageOf(request, runs);
  const body = { total_count: runs.length, check_runs: items.map((run) => checkRunJson(run, api)) };
  return { status: 200, body, headers };
}

function createStatus(request: RepoRequest): RestAnswer {
  const { body, api } = request;
  body.requiredText('state');
  const state = body.word('state', ['error', 'failure', 'pending', 'success']) ?? 'pending';
  const commit = commitAt(request);
  const made = commit.setStatus(body.text('context') ?? 'default', state);
  commit.pull.settle();
  return created(statusJson(made, api));
}

function createCheckRun(request: RepoRequest): RestAnswer {
  const { body, api } = request;
  const commit = commitAt({ ...request, param: () => body.requiredText('head_sha') });
  const status = body.word('status', ['queued', 'in_progress', 'completed']);
  const conclusion = body.word('conclusion', CONCLUSIONS);
  const underWay = status === 'in_progress' ? status : 'queued';
  const run = commit.setCheck(body.requiredText('name'), conclusion ?? underWay);
  commit.pull.settle();
  return created(checkRunJson(run, api));
}

const CONCLUSIONS = [
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'skipped',
  'stale',
  'success',
  'timed_out',
] as const;
