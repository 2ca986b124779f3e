/** How many records of each connection one query asks for. */
export interface PageSizes {
  readonly pulls: number;
  readonly merged: number;
  readonly threads: number;
  readonly links: number;
  readonly epics: number;
  readonly subIssues: number;
}

/** Enough for most repositories to be read with one query. */
export const PAGE_SIZES: PageSizes = { pulls: 50, merged: 20, threads: 100, links: 10, epics: 10, subIssues: 100 };

/** GitHub's largest page. */
export const LARGEST_PAGE = 100;

/** Smaller pages cost more requests; there is an end to it. */
const SMALLEST_PULLS = 5;

/** Pages for a server that did not answer in time; `undefined` where they are as small as they get. */
export function smallerPages(sizes: PageSizes): PageSizes | undefined {
  if (sizes.pulls <= SMALLEST_PULLS) return undefined;
  const half = (size: number): number => Math.max(SMALLEST_PULLS, Math.floor(size / 2));
  return {
    pulls: half(sizes.pulls),
    merged: half(sizes.merged),
    threads: half(sizes.threads),
    links: half(sizes.links),
    epics: half(sizes.epics),
    subIssues: half(sizes.subIssues),
  };
}
