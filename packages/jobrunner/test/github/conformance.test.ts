import { MemoryMedium } from '@core/io';
import { describe, it } from '@jest/globals';

import { closeChild } from '../../src/github/handlers/close-child.ts';
import { dispatch } from '../../src/github/handlers/dispatch.ts';
import { enableAutoMerge } from '../../src/github/handlers/enable-auto-merge.ts';
import { publishDraft } from '../../src/github/handlers/publish-draft.ts';
import { resolveThreads } from '../../src/github/handlers/resolve-threads.ts';
import { sendFixCommand } from '../../src/github/handlers/send-fix-command.ts';
import { tickParent } from '../../src/github/handlers/tick-parent.ts';
import type { JobHandler } from '../../src/job-handler.ts';
import type { PipelineSignal } from '../../src/pipeline-signal.ts';
import { fakeGitHub } from '../../src/testing/fake-github/fake-github.ts';
import type { FakePullRequest } from '../../src/testing/fake-github/model/pull-request.ts';
import type { FakePullRequestInput } from '../../src/testing/fake-github/model/words.ts';
import { handlerConformance, type OpenHandler } from '../../src/testing/handler-conformance.ts';
import { type OpenSource, sourceConformance } from '../../src/testing/source-conformance.ts';
import { stringsOf } from './support/strings.ts';
import { Bench, firstSignal } from './support/with-github.ts';

const SECRET = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

async function openBench(): Promise<Bench> {
  let now = Date.parse('2026-03-01T00:00:00Z');
  const clock = (): number => (now += 1_000); // what happens later is seen to be later
  return new Bench(await fakeGitHub({ mergeability: 'immediate', clock }), {});
}

async function openSource(): Promise<OpenSource> {
  const bench = await openBench();
  const children = [bench.repo.issue(), bench.repo.issue()];
  bench.repo.epic({ children });
  const [pull] = children.map((child) => bench.repo.pull({ closes: [child], checks: { build: 'success' } }));
  const change = async (): Promise<void> => Promise.resolve(pull?.convertToDraft());
  return { source: bench.source(), change, secret: SECRET, ...stringsOf(bench.github) };
}

interface Case {
  readonly handler: (bench: Bench, queue: MemoryMedium) => JobHandler;
  /** Of the child's pull request, if it has one. */
  readonly pull?: FakePullRequestInput;
  readonly isMerged?: boolean;
  readonly isTicked?: boolean;
  /** What somebody else does, so that nothing is left to be done. */
  readonly overtake: (bench: Bench, pull: FakePullRequest | undefined) => void;
}

const GREEN = { build: 'success' } as const;
const DISPATCH = (bench: Bench, medium: MemoryMedium): JobHandler =>
  dispatch(bench.client, { agents: { bot: { medium, dir: 'queue' } } });

const CASES: Readonly<Record<string, Case>> = {
  publishDraft: {
    handler: ({ client }) => publishDraft(client),
    pull: { draft: true, checks: GREEN },
    overtake: (_, pull) => pull?.markReady(),
  },
  sendFixCommand: {
    handler: ({ client }) => sendFixCommand(client),
    pull: { conflict: true },
    overtake: (_, pull) => pull?.setConflict(false),
  },
  resolveThreads: {
    handler: ({ client }) => resolveThreads(client),
    pull: { threads: [{ at: new Date('2020-01-01') }] },
    overtake: (_, pull) => pull?.close(),
  },
  enableAutoMerge: {
    handler: ({ client }) => enableAutoMerge(client),
    pull: { checks: GREEN },
    overtake: (_, pull) => pull?.merge(),
  },
  tickParent: {
    handler: ({ client }) => tickParent(client),
    pull: { base: 'dev' },
    isMerged: true,
    overtake: ({ repo }) => {
      repo.issues.at(1)?.edit({ body: '- [x] #1' });
    },
  },
  closeChild: {
    handler: ({ client }) => closeChild(client),
    pull: { base: 'dev' },
    isMerged: true,
    isTicked: true,
    overtake: ({ repo }) => {
      repo.issues.at(0)?.close();
    },
  },
  dispatch: {
    handler: DISPATCH,
    overtake: ({ repo }) => {
      repo.issues.at(0)?.assign(['alice']);
    },
  },
};

async function openHandler({ handler, pull: input, isMerged, isTicked, overtake }: Case): Promise<OpenHandler> {
  const bench = await openBench();
  const { repo } = bench;
  const queue = new MemoryMedium();
  const child = repo.issue({ assignees: ['bot'] });
  repo.epic({ children: [], body: isTicked === true ? '- [x] #1' : '- [ ] #1' });
  const pull = input === undefined ? undefined : repo.pull({ closes: [child], ...input });
  if (isMerged === true) pull?.merge();
  const matching: PipelineSignal = await firstSignal(bench);
  const closed: PipelineSignal = { ...matching, prState: 'CLOSED', needsCoding: false, assignee: undefined };
  return {
    ...{ handler: handler(bench, queue), matching, others: [closed], secret: SECRET },
    state: () => ({
      issues: repo.issues.map(({ state, body }) => [state, body]),
      pulls: repo.pulls.map(({ state, isDraft, comments, threads, autoMerge }) => {
        return [state, isDraft, comments.length, threads.map(({ isResolved }) => isResolved), autoMerge?.method];
      }),
      queue: queue.clone(),
    }),
    overtake: async () => {
      overtake(bench, pull);
      return Promise.resolve();
    },
    ...stringsOf(bench.github),
  };
}

describe('Good', () => {
  for (const { name, run } of sourceConformance()) it(`GitHubSource: ${name}`, () => run({ open: openSource }));

  for (const [handler, setting] of Object.entries(CASES)) {
    for (const { name, run } of handlerConformance()) {
      it(`${handler}: ${name}`, () => run({ open: () => openHandler(setting) }));
    }
  }
});
