import { type Json, pageAt } from '../scan/json.ts';
import type { Work } from './work.ts';

/** What a look at a pull request asks for, so that {@link hasOpenThreads} knows the first page. */
export const THREADS: string = threadsFrom();

/** Whether a thread waits for somebody, on whatever page it is. */
export async function hasOpenThreads(work: Work, pull: Json): Promise<boolean> {
  let { nodes, next } = pageAt(pull, 'reviewThreads');
  while (!nodes.some((thread) => thread['isResolved'] !== true)) {
    if (next === undefined) return false;
    ({ nodes, next } = pageAt(await work.pull(threadsFrom(next)), 'reviewThreads'));
  }
  return true;
}

function threadsFrom(after?: string): string {
  const cursor = after === undefined ? '' : `,after:${JSON.stringify(after)}`;
  return `reviewThreads(first:100${cursor}){pageInfo{hasNextPage endCursor} nodes{isResolved}}`;
}
