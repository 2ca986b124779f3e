// @ts-check
/** What the user asks for, how the user stops it, and what the user is told. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm start -- [owner/name…] [options]

Carries the pull requests of epics from draft to merged. The token is in GITHUB_TOKEN; without one
it works on a GitHub of its own, on this machine, with an epic to try it out on.

  --live           does it; otherwise it only says what it would do
  --cycles <n>     so many polls, and then it ends; without a token 10, with one it polls every minute
  --agent <login>  writes tickets for this agent to queue/<login>; may be given several times
  --dir <folder>   where journal and queues are; the current folder by default
  --metrics        prints what was counted when it ends
  --help           print this`;

const here = process.env['INIT_CWD'] ?? process.cwd(); // npm goes elsewhere before it starts a script

export function readCommandLine() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      live: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false }, // what it does anyway
      cycles: { type: 'string' },
      agent: { type: 'string', multiple: true, default: [] },
      dir: { type: 'string', default: '.' },
      metrics: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const auth = process.env['GITHUB_TOKEN'] || undefined;
  const baseUrl = process.env['GITHUB_API_URL'] || undefined; // of a GitHub Enterprise Server
  const cycles = values.cycles ?? (auth === undefined ? '10' : undefined);
  if (cycles !== undefined && !/^[1-9]\d{0,6}$/.test(cycles))
    throw new TypeError(`--cycles must be a number, not ${cycles}`);
  if (values.live && values['dry-run']) throw new TypeError('--live and --dry-run exclude each other');
  if (auth !== undefined && positionals.length === 0 && !values.help) {
    throw new TypeError('Name a repository as owner/name, or unset GITHUB_TOKEN to try it out');
  }
  const { live, agent: agents, dir, metrics, help } = values;
  return {
    auth,
    baseUrl,
    repos: positionals,
    live,
    cycles: cycles === undefined ? undefined : Number(cycles),
    agents,
    dir: resolve(here, dir),
    metrics,
    help,
  };
}

/**
 * A journal that also tells the user.
 *
 * @param {import('@core/jobrunner').Journal} journal
 * @returns {Pick<import('@core/jobrunner').Journal, 'append' | 'replay'>}
 */
export function told(journal) {
  return {
    replay: () => journal.replay(),
    append(pipelineSignal, result, extra) {
      const { action, repoOwner, repoName, epicNumber, childNumber, prNumber, success, error } = result;
      const what = prNumber === 0 ? '' : ` pull request #${prNumber} for`;
      const where = `${repoOwner}/${repoName}${what} child #${childNumber} of epic #${epicNumber}`;
      const end = extra?.dryRun ? 'would be done' : success ? 'done' : `failed: ${error ?? ''}`;
      if (extra?.phase !== 'started') console.log(`${action.padEnd(17)} ${where}: ${end}`);
      return journal.append(pipelineSignal, result, extra);
    },
  };
}

/**
 * Aborted by Ctrl-C and kill, which also decide the exit code.
 *
 * @returns {AbortSignal}
 */
export function stopSignal() {
  const controller = new AbortController();
  for (const [name, exitCode] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])) {
    process.once(name, () => {
      process.exitCode = exitCode;
      controller.abort(new Error(`Stopped by ${name}: what was done is in the journal.`));
    });
  }
  return controller.signal;
}
