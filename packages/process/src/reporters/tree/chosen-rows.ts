import type { RunView, TaskProgress, TaskState } from './run-progress.ts';

/** What matters most comes first. */
const RANK: Readonly<Record<TaskState, number>> = {
  running: 0,
  retrying: 0,
  failed: 1,
  ready: 2,
  'allowed-failure': 3,
  passed: 4,
  cached: 4,
  waiting: 5,
  skipped: 6,
  cancelled: 6,
};

const RANKS = 7;

/** As many tasks as there is room for, those that matter most, in the order of the tree; and a count of the others. */
export function chosenRows(view: RunView, room: number): { shown: TaskProgress[]; rest: string } {
  const tasks = view.rows.flatMap(({ name }) => view.tasks.get(name) ?? []);
  const chosen = mostImportant(tasks, room);
  const rest = tasks.filter((task) => !chosen.has(task));
  return { shown: tasks.filter((task) => chosen.has(task)), rest: countOf(rest) };
}

/** Of those that matter the same, the ones that were over last; else those that come first in the tree. */
function mostImportant(tasks: readonly TaskProgress[], room: number): Set<TaskProgress> {
  const ranks = Array.from({ length: RANKS }, (): TaskProgress[] => []);
  for (const task of tasks) ranks[RANK[task.state]]?.push(task);
  const chosen = new Set<TaskProgress>();
  for (const rank of ranks) {
    const left = room - chosen.size;
    const fitting = rank.length <= left ? rank : latest(rank).slice(0, left);
    for (const task of fitting) chosen.add(task);
  }
  return chosen;
}

function latest(tasks: readonly TaskProgress[]): TaskProgress[] {
  return [...tasks].sort((a, b) => (b.finishedAtMs ?? 0) - (a.finishedAtMs ?? 0));
}

function countOf(tasks: readonly TaskProgress[]): string {
  const counts = new Map<string, number>();
  for (const { state } of tasks) counts.set(WORDS[state], (counts.get(WORDS[state]) ?? 0) + 1);
  const parts = [...counts].map(([word, count]) => `${String(count)} ${word}`);
  return `and ${String(tasks.length)} more: ${parts.join(', ')}`;
}

const WORDS: Readonly<Record<TaskState, string>> = {
  running: 'running',
  retrying: 'running',
  ready: 'ready',
  failed: 'failed',
  passed: 'done',
  cached: 'done',
  'allowed-failure': 'done',
  waiting: 'waiting',
  skipped: 'skipped',
  cancelled: 'cancelled',
};
