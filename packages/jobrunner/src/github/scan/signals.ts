import type { PipelineSignal } from '../../pipeline-signal.ts';
import { type ChecklistItem, itemOf, parseChecklist, type TextHome } from '../text/epic-checklist.ts';
import type { ChildFacts, EpicFacts, IssueState, PullFacts, RepoFacts } from './facts.ts';

/** A child of an epic, with what is known of it. */
interface Child {
  readonly epic: number;
  readonly number: number;
  /** `undefined` where the epic has no line for it. */
  readonly isTicked: boolean | undefined;
  readonly state: IssueState | undefined;
  /** Its pull request: an open one before a merged one before a closed one, the newest of several. */
  readonly pull: PullFacts | undefined;
  /** Only of one that was asked for by its number; null where the number is no issue. */
  readonly asked: ChildFacts | null | undefined;
}

const RANKS = { OPEN: 2, MERGED: 1, CLOSED: 0 } as const;

/**
 * The signals of a repository: one for each child of each epic that has something left to be done. What was not fetched
 * makes no signal.
 */
export function signalsOf(facts: RepoFacts, home: TextHome): PipelineSignal[] {
  return childrenOf(facts, home).flatMap((child) => {
    const signal = child.pull === undefined ? signalWithoutPull(child) : signalWithPull(child, child.pull);
    return signal === undefined ? [] : [{ ...signal, repoOwner: home.repo.owner, repoName: home.repo.name }];
  });
}

/**
 * Children that have to be asked for by their numbers, as far as lists tell: those without a pull request in them, and
 * those whose end is open.
 */
export function unlistedChildren(facts: RepoFacts, home: TextHome): number[] {
  const pulls = facts.pulls.filter(({ number }) => !facts.unlistedPulls.has(number));
  const unlisted = childrenOf({ ...facts, pulls, children: new Map() }, home).filter(({ pull, isTicked, state }) => {
    const isToTick = isTicked === false;
    if (pull === undefined) return isToTick || state !== 'CLOSED';
    return pull.state === 'MERGED' && !isToTick && state === undefined;
  });
  return [...new Set(unlisted.map(({ number }) => number))];
}

/** Those of them that nothing is left to be done for: closed, and not to be ticked. */
export function finishedChildren(facts: RepoFacts, home: TextHome): number[] {
  const finished = childrenOf(facts, home).filter(({ asked, isTicked }) => {
    return asked !== undefined && asked?.state !== 'OPEN' && isTicked !== false;
  });
  return finished.map(({ number }) => number);
}

type PartialSignal = Omit<PipelineSignal, 'repoName' | 'repoOwner'>;

function signalWithPull(child: Child, pull: PullFacts): PartialSignal | undefined {
  const { isTicked, state } = child;
  if (pull.state === 'MERGED' && isTicked !== false && state !== 'OPEN') return undefined;
  return {
    ...{ epicNumber: child.epic, childNumber: child.number, prNumber: pull.number },
    ...{ prState: pull.state, isDraft: pull.isDraft, mergeable: pull.mergeable, checkStatus: pull.checkStatus },
    ...{ threadsTotal: pull.threadsTotal, threadsResolved: pull.threadsResolved },
    ...{ lastCommitSha: pull.sha, lastCommitAt: pull.committedAt, lastReviewAt: pull.reviewedAt },
    ...{ needsCoding: false, childTicked: isTicked, childState: state },
  };
}

function signalWithoutPull({ epic, number, isTicked, asked }: Child): PartialSignal | undefined {
  if (asked === undefined || asked === null || asked.isDoneElsewhere) return undefined;
  if (asked.state !== 'OPEN' || isTicked === true) return undefined;
  return {
    ...{ epicNumber: epic, childNumber: number, prNumber: 0 },
    ...{ prState: undefined, isDraft: false, mergeable: 'UNKNOWN', checkStatus: 'UNKNOWN' },
    ...{ threadsTotal: 0, threadsResolved: 0, lastCommitSha: '' },
    ...{ needsCoding: true, assignee: asked.assignee, issueTitle: asked.title, issueBody: asked.body },
    ...{ childTicked: isTicked, childState: asked.state },
  };
}

function childrenOf(facts: RepoFacts, home: TextHome): Child[] {
  const pulls = pullsByChild(facts);
  const listed = new Map(facts.pulls.map((pull) => [pull.number, pull]));
  return facts.epics.flatMap((epic) => {
    const items = parseChecklist(epic.body, home);
    return numbersOf(epic, items).map((number) => {
      const asked = facts.children.has(number) ? (facts.children.get(number) ?? null) : undefined;
      const linked = asked?.pulls ?? [];
      return {
        ...{ epic: epic.number, number, asked },
        isTicked: itemOf(items, number)?.isTicked,
        state: asked?.state ?? facts.states.get(number),
        pull: bestPull([...(pulls.get(number) ?? []), ...linked.map((pull) => listed.get(pull.number) ?? pull)]),
      };
    });
  });
}

/** Children by their lines, then those that only GitHub keeps; an epic is not its own child. */
function numbersOf({ number: own, subIssues }: EpicFacts, items: readonly ChecklistItem[]): number[] {
  const listed = items.filter(({ repo }) => repo === undefined).map(({ number }) => number);
  return [...new Set([...listed, ...subIssues])].filter((number) => number !== own);
}

function pullsByChild({ pulls }: RepoFacts): Map<number, PullFacts[]> {
  const byChild = new Map<number, PullFacts[]>();
  for (const pull of pulls) {
    for (const number of pull.closes) byChild.set(number, [...(byChild.get(number) ?? []), pull]);
  }
  return byChild;
}

function bestPull(pulls: readonly PullFacts[]): PullFacts | undefined {
  return [...pulls].sort((a, b) => RANKS[b.state] - RANKS[a.state] || b.number - a.number).at(0);
}
