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

/** So many children in one part: it is asked in halves where that is too much. */
const MOST_CHILDREN = 50;

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
  if (numbers.length === 0) return [];
  if (numbers.length > MOST_CHILDREN) {
    return [
      ...childParts(context, numbers.slice(0, MOST_CHILDREN)),
      ...childParts(context, numbers.slice(MOST_CHILDREN)),
    ];
  }
  const read = (repository: Json): Part[] => {
    for (const number of numbers) context.draft.addChild(number, maybeObjectAt(repository, `c${String(number)}`));
    return [];
  };
  const half = Math.ceil(numbers.length / 2);
  const halves = [numbers.slice(0, half), numbers.slice(half)];
  const smaller = (): Part[] => (half === numbers.length ? [] : halves.flatMap((some) => childParts(context, some)));
  const { text, cost } = select.together(numbers.map((number) => select.child(number)));
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
  return pageAt(repository, 'merged').nodes.flatMap((node) => {
    const cursor = context.draft.addMergedPull(node);
    return cursor === undefined ? [] : [moreLinks(context, Number(node['number']), cursor)];
  });
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
