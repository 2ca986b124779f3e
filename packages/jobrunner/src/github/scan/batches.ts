import type { Part } from './parts.ts';
import { MOST_NODES, MOST_POINTS, pointsOf, sumOf } from './query-cost.ts';

/** A query of more parts gets too long to be read. */
const MOST_PARTS = 100;

/** Puts parts into as few queries as GitHub's limits allow, in their order; one alone may be above them. */
export function batchesOf(parts: readonly Part[]): Part[][] {
  const batches: Part[][] = [];
  for (const part of parts) {
    const last = batches.at(-1);
    if (last !== undefined && fits([...last, part])) last.push(part);
    else batches.push([part]);
  }
  return batches;
}

/** Half of the parts each; a single part in smaller pieces. Empty where it gets no smaller. */
export function smallerBatches(batch: readonly Part[]): Part[][] {
  const [only] = batch;
  if (batch.length > 1) {
    const half = Math.ceil(batch.length / 2);
    return [batch.slice(0, half), batch.slice(half)];
  }
  return (only?.smaller() ?? []).map((part) => [part]);
}

/** The query for a batch: `r0`, `r1`, … are the repositories of its parts. */
export function queryOf(batch: readonly Part[]): string {
  const parts = batch.map(({ repo: { owner, name }, text }, at) => {
    return `r${String(at)}:repository(owner:${JSON.stringify(owner)},name:${JSON.stringify(name)}){${text}}`;
  });
  return `query Scan{rateLimit{cost limit remaining resetAt} ${parts.join(' ')}}`;
}

/** What GitHub will charge for it. */
export function priceOf(batch: readonly Part[]): number {
  return pointsOf(sumOf(batch.map(({ cost }) => cost)));
}

function fits(batch: readonly Part[]): boolean {
  const { nodes } = sumOf(batch.map(({ cost }) => cost));
  return batch.length <= MOST_PARTS && nodes <= MOST_NODES && priceOf(batch) <= MOST_POINTS;
}
