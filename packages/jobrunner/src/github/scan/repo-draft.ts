import type { Mergeable } from '../../pipeline-signal.ts';
import { closedIssues } from '../text/closing-keywords.ts';
import type { TextHome } from '../text/epic-checklist.ts';
import { repoKey } from '../text/repo-name.ts';
import { checksOf } from './checks.ts';
import type { ChildFacts, EpicFacts, IssueState, PullFacts, RepoFacts } from './facts.ts';
import { dateAt, type Json, numberAt, objectAt, type Page, maybePageAt, pageAt, textAt, wordAt } from './json.ts';

const ISSUE_STATES = ['OPEN', 'CLOSED'] as const;
const PULL_STATES = ['OPEN', 'MERGED', 'CLOSED'] as const;
const MERGEABLE = ['MERGEABLE', 'CONFLICTING', 'UNKNOWN'] as const satisfies readonly Mergeable[];

/** A pull request whose threads and links are still being read. */
interface PullDraft extends PullFacts {
  threadsTotal: number;
  threadsResolved: number;
  readonly closes: Set<number>;
}

interface EpicDraft extends EpicFacts {
  readonly subIssues: Set<number>;
}

/** What a scan has found of one repository so far: the pages of its answers, put together. */
export class RepoDraft {
  readonly home: TextHome;
  /** Whether more were merged than are listed. */
  hasMoreMerged = false;
  readonly #pulls = new Map<number, PullDraft>();
  readonly #epics = new Map<number, EpicDraft>();
  readonly #children = new Map<number, ChildFacts | undefined>();
  readonly #states = new Map<number, IssueState>();
  readonly #unlistedPulls = new Set<number>();

  /** As GitHub calls it now; it answers to former names, too. */
  #name: string;

  constructor(home: TextHome) {
    this.home = home;
    this.#name = repoKey(home.repo);
  }

  /** Takes the name by which GitHub calls the repository. */
  rename({ nameWithOwner }: Json): void {
    if (typeof nameWithOwner === 'string') this.#name = nameWithOwner.toLowerCase();
  }

  /** What is known by now. */
  facts(): RepoFacts {
    return {
      pulls: [...this.#pulls.values()],
      epics: [...this.#epics.values()],
      children: this.#children,
      states: this.#states,
      unlistedPulls: this.#unlistedPulls,
    };
  }

  /** An open pull request; returns where its threads and its links go on. */
  addOpenPull(node: Json): { readonly threads: string | undefined; readonly links: string | undefined } {
    const threads = pageAt(node, 'reviewThreads');
    const [lastCommit] = pageAt(node, 'commits').nodes;
    const [lastReview] = maybePageAt(node, 'reviews').nodes;
    const pull: PullDraft = {
      ...this.#settledPull(node),
      isDraft: node['isDraft'] === true,
      mergeable: wordAt(node, 'mergeable', MERGEABLE),
      checkStatus: checksOf(node),
      committedAt: lastCommit === undefined ? undefined : dateAt(objectAt(lastCommit, 'commit'), 'committedDate'),
      reviewedAt: dateAt(lastReview, 'submittedAt'),
      threadsTotal: threads.totalCount ?? threads.nodes.length,
    };
    this.#pulls.set(pull.number, pull);
    return { threads: this.addThreads(pull.number, threads), links: this.addLinks(pull.number, node) };
  }

  /** A merged pull request; returns where its links go on. */
  addMergedPull(node: Json): string | undefined {
    const pull = this.#settledPull(node);
    this.#pulls.set(pull.number, pull);
    return this.addLinks(pull.number, node);
  }

  /** A pull request that no list has; it is left out unless it is merged. Returns where its links go on. */
  addUnlistedPull(node: Json): string | undefined {
    const number = numberAt(node, 'number');
    if (this.#pulls.has(number) || node['state'] !== 'MERGED') return undefined;
    this.#unlistedPulls.add(number);
    return this.addMergedPull(node);
  }

  /** More threads of a pull request. */
  addThreads(number: number, { nodes, next }: Page): string | undefined {
    const pull = this.#pulls.get(number);
    if (pull !== undefined) pull.threadsResolved += nodes.filter((thread) => thread['isResolved'] === true).length;
    return next;
  }

  /** More issues that a pull request closes. */
  addLinks(number: number, node: Json): string | undefined {
    const { nodes, next } = maybePageAt(node, 'closingIssuesReferences');
    for (const issue of nodes.filter((linked) => this.#isOwn(linked))) {
      this.#pulls.get(number)?.closes.add(this.#meet(issue));
    }
    return next;
  }

  /** An epic; returns where its sub-issues go on. */
  addEpic(node: Json): string | undefined {
    const number = numberAt(node, 'number');
    this.#epics.set(number, { number, body: textAt(node, 'body'), subIssues: new Set() });
    return this.addSubIssues(number, node);
  }

  /** More sub-issues of an epic. */
  addSubIssues(number: number, node: Json): string | undefined {
    const { nodes, next } = pageAt(node, 'subIssues');
    for (const issue of nodes.filter((child) => this.#isOwn(child))) {
      this.#epics.get(number)?.subIssues.add(this.#meet(issue));
    }
    return next;
  }

  /** A child that was asked for; `undefined` where the number is no issue. */
  addChild(number: number, node: Json | undefined): void {
    if (node === undefined) return void this.#children.set(number, undefined);
    const linked = maybePageAt(node, 'closedByPullRequestsReferences').nodes;
    const pulls = linked.filter((pull) => this.#isOwn(pull)).map((pull) => this.#settledPull(pull));
    const [assignee] = pageAt(node, 'assignees').nodes;
    this.#children.set(number, {
      number,
      state: wordAt(node, 'state', ISSUE_STATES),
      title: textAt(node, 'title'),
      body: textAt(node, 'body'),
      assignee: assignee === undefined ? undefined : textAt(assignee, 'login'),
      pulls,
      isDoneElsewhere: linked.length > pulls.length,
    });
  }

  /** A pull request of which only the end matters. */
  #settledPull(node: Json): PullDraft {
    const { body } = node;
    return {
      number: numberAt(node, 'number'),
      state: wordAt(node, 'state', PULL_STATES),
      sha: textAt(node, 'headRefOid'),
      ...{ isDraft: false, mergeable: 'UNKNOWN', checkStatus: 'UNKNOWN' },
      ...{ committedAt: undefined, reviewedAt: undefined, threadsTotal: 0, threadsResolved: 0 },
      closes: new Set(typeof body === 'string' ? closedIssues(body, this.home) : []),
    };
  }

  #isOwn(node: Json): boolean {
    const name = textAt(objectAt(node, 'repository'), 'nameWithOwner');
    return name.toLowerCase() === this.#name;
  }

  #meet(issue: Json): number {
    const number = numberAt(issue, 'number');
    this.#states.set(number, wordAt(issue, 'state', ISSUE_STATES));
    return number;
  }
}
