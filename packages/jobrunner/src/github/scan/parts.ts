import type { RepoName } from '../text/repo-name.ts';
import { type Json, maybeObjectAt, objectAt, pageAt } from './json.ts';
import { LARGEST_PAGE, PAGE_SIZES, type PageSizes, smallerPages } from './page-sizes.ts';
import type { QueryCost } from './query-cost.ts';
import type { RepoDraft } from './repo-draft.ts';
import * as select from './selections.ts';

/** What is asked for in one repository by one part of a query. */
export interface Part {
  readonly repo: RepoName;
  /** Fields of the repository. */
  readonly text: string;
  readonly cost: QueryCost;
  /** Takes the answer, and returns what is to be asked because of it. */
  read(repository: Json): Part[];
  /** The same in smaller pieces, for a server that has not enough time; none where it gets no smaller. */
  smaller(): Part[];
}

/** What all parts of one repository share. */
export interface PartContext {
  readonly draft: RepoDraft;
  readonly epicLabel: string;
  readonly sizes: PageSizes;
  /** Is told of pages that did: the next scan begins with them. */
  readonly onSizes?: (sizes: PageSizes) => void;
}

/** So many records by their numbers in one part: it is asked in halves where that is too much. */
const MOST_NUMBERS = 50;
/** So many pages of older pull requests are read: those of a repository as busy as any for a long time. */
const MOST_OLDER_PAGES = 10;

/** Everything that a repository is asked for first. */
export function scanPart(context: PartContext): Part {
  const { sizes, epicLabel } = context;
  const selection = select.together([
    select.epics(epicLabel, sizes),
    select.openPulls(sizes),
    select.mergedPulls(sizes),
  ]);
  const read = (repository: Json): Part[] => {
    context.onSizes?.(sizes);
    context.draft.rename(repository);
    return [...readEpics(context, repository), ...readOpen(context, repository), ...readMerged(context, repository)];
  };
  return partOf(context, { ...selection, text: `nameWithOwner ${selection.text}` }, read, scanPart);
}

/** Children by their numbers, in as many parts as it takes. */
export function childParts(context: PartContext, numbers: readonly number[]): Part[] {
  return partsByNumber(context, numbers, {
    select: (number) => select.child(number),
    take: (number, repository) => {
      context.draft.addChild(number, maybeObjectAt(repository, `c${String(number)}`));
      return [];
    },
  });
}

/** Pull requests by their numbers, in as many parts as it takes. */
export function pullParts(context: PartContext, numbers: readonly number[]): Part[] {
  return partsByNumber(context, numbers, {
    select: (number) => select.pull(number, context.sizes),
    take: (number, repository) => {
      const node = maybeObjectAt(repository, `q${String(number)}`);
      return node === undefined ? [] : linksOf(context, node, context.draft.addUnlistedPull(node));
    },
  });
}

/** Pull requests that were merged, from the one that was opened last down to this number, or as far as is reasonable. */
export function olderParts(context: PartContext, downTo: number): Part[] {
  return [moreOlder(context, { downTo, pages: MOST_OLDER_PAGES })];
}

interface ByNumber {
  readonly select: (number: number) => select.Selection;
  readonly take: (number: number, repository: Json) => Part[];
}

function partsByNumber(context: PartContext, numbers: readonly number[], by: ByNumber): Part[] {
  if (numbers.length === 0) return [];
  if (numbers.length > MOST_NUMBERS) {
    return [
      ...partsByNumber(context, numbers.slice(0, MOST_NUMBERS), by),
      ...partsByNumber(context, numbers.slice(MOST_NUMBERS), by),
    ];
  }
  const read = (repository: Json): Part[] => numbers.flatMap((number) => by.take(number, repository));
  const half = Math.ceil(numbers.length / 2);
  const halves = [numbers.slice(0, half), numbers.slice(half)];
  const smaller = (): Part[] => {
    return half === numbers.length ? [] : halves.flatMap((some) => partsByNumber(context, some, by));
  };
  const { text, cost } = select.together(numbers.map((number) => by.select(number)));
  return [{ repo: context.draft.home.repo, text, cost, read, smaller }];
}

function readEpics(context: PartContext, repository: Json): Part[] {
  const { nodes, next } = pageAt(repository, 'epics');
  const more = nodes.flatMap((node) => {
    const cursor = context.draft.addEpic(node);
    return cursor === undefined ? [] : [moreSubIssues(context, Number(node['number']), cursor)];
  });
  return next === undefined ? more : [...more, moreEpics(context, next)];
}

function readOpen(context: PartContext, repository: Json): Part[] {
  const { nodes, next } = pageAt(repository, 'open');
  const more = nodes.flatMap((node) => {
    const number = Number(node['number']);
    const { threads, links } = context.draft.addOpenPull(node);
    return [
      ...(threads === undefined ? [] : [moreThreads(context, number, threads)]),
      ...(links === undefined ? [] : [moreLinks(context, number, links)]),
    ];
  });
  if (next === undefined) return more;
  const hasTime = context.sizes.pulls >= PAGE_SIZES.pulls;
  if (hasTime) context.onSizes?.({ ...context.sizes, pulls: LARGEST_PAGE });
  return [...more, moreOpen(context, next)];
}

function readMerged(context: PartContext, repository: Json): Part[] {
  const { nodes, next } = pageAt(repository, 'merged');
  context.draft.hasMoreMerged = next !== undefined;
  return nodes.flatMap((node) => linksOf(context, node, context.draft.addMergedPull(node)));
}

function linksOf(context: PartContext, node: Json, cursor: string | undefined): Part[] {
  return cursor === undefined ? [] : [moreLinks(context, Number(node['number']), cursor)];
}

interface Older {
  readonly downTo: number;
  /** So many at most. */
  readonly pages: number;
  readonly after?: string | undefined;
}

function moreOlder(context: PartContext, older: Older): Part {
  const { downTo, pages, after } = older;
  const read = (repository: Json): Part[] => {
    const { nodes, next } = pageAt(repository, 'older');
    const links = nodes.flatMap((node) => linksOf(context, node, context.draft.addUnlistedPull(node)));
    const isDone = next === undefined || pages === 1 || nodes.some((node) => Number(node['number']) < downTo);
    return isDone ? links : [...links, moreOlder(context, { downTo, pages: pages - 1, after: next })];
  };
  return partOf(context, select.olderMerged(context.sizes, after), read, (smaller) => moreOlder(smaller, older));
}

function moreEpics(context: PartContext, after: string): Part {
  const selection = select.epics(context.epicLabel, context.sizes, after);
  const read = (repository: Json): Part[] => readEpics(context, repository);
  return partOf(context, selection, read, (smaller) => moreEpics(smaller, after));
}

function moreOpen(context: PartContext, after: string): Part {
  const read = (repository: Json): Part[] => readOpen(context, repository);
  return partOf(context, select.openPulls(context.sizes, after), read, (smaller) => moreOpen(smaller, after));
}

function moreSubIssues(context: PartContext, epic: number, after: string): Part {
  const read = (repository: Json): Part[] => {
    const next = context.draft.addSubIssues(epic, objectAt(repository, `e${String(epic)}`));
    return next === undefined ? [] : [moreSubIssues(context, epic, next)];
  };
  return partOf(context, select.ofIssue(epic, select.subIssues(LARGEST_PAGE, after)), read);
}

function moreThreads(context: PartContext, pull: number, after: string): Part {
  const read = (repository: Json): Part[] => {
    const page = pageAt(objectAt(repository, `p${String(pull)}`), 'reviewThreads');
    const next = context.draft.addThreads(pull, page);
    return next === undefined ? [] : [moreThreads(context, pull, next)];
  };
  return partOf(context, select.ofPull(pull, select.threads(LARGEST_PAGE, after)), read);
}

function moreLinks(context: PartContext, pull: number, after: string): Part {
  const read = (repository: Json): Part[] => {
    const next = context.draft.addLinks(pull, objectAt(repository, `p${String(pull)}`));
    return next === undefined ? [] : [moreLinks(context, pull, next)];
  };
  return partOf(context, select.ofPull(pull, select.links(LARGEST_PAGE, after)), read);
}

function partOf(
  context: PartContext,
  { text, cost }: select.Selection,
  read: (repository: Json) => Part[],
  again?: (context: PartContext) => Part,
): Part {
  const smaller = (): Part[] => {
    const sizes = again === undefined ? undefined : smallerPages(context.sizes);
    return sizes === undefined || again === undefined ? [] : [again({ ...context, sizes })];
  };
  return { repo: context.draft.home.repo, text, cost, read, smaller };
}
