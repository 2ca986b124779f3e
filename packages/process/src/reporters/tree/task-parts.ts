import type { Paint } from '../text/style.ts';
import { plainLine } from '../text/control.ts';
import { formatDuration } from '../text/duration.ts';
import { describeWhy, firstLine, paintOf } from '../text/words.ts';
import type { FrameContext } from './frame.ts';
import type { Part } from './line.ts';
import type { TaskProgress } from './run-progress.ts';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const ASCII_SPINNER = ['|', '/', '-', '\\'];
const SPIN_MS = 80;

/** The beginning of a task's line. */
export interface TaskHead {
  readonly guides: string;
  readonly sign: string;
  readonly name: string;
  readonly paint?: Paint;
}

/** Its place, its sign and its name. */
export function headOf({ spec, state }: TaskProgress, guides: string, context: FrameContext): TaskHead {
  const { style, signs, unicode } = context;
  const head = { guides, name: plainLine(spec.name) };
  switch (state) {
    case 'waiting':
      return { ...head, sign: signs.waiting, paint: style.dim };
    case 'running':
      return { ...head, sign: spinner(context), paint: style.cyan };
    case 'retrying':
      return { ...head, sign: spinner(context), paint: style.yellow };
    case 'ready':
      return { ...head, sign: unicode ? '●' : '*', paint: style.green };
    case 'passed':
    case 'cached':
    case 'failed':
    case 'allowed-failure':
    case 'skipped':
    case 'cancelled':
      return { ...head, sign: signs[state], paint: paintOf(state, style) };
  }
}

function spinner({ nowMs, unicode }: FrameContext): string {
  const signs = unicode ? SPINNER : ASCII_SPINNER;
  return signs[Math.floor(Math.max(0, nowMs) / SPIN_MS) % signs.length] ?? '';
}

/** How long it took, or takes by now; nothing where it did not run. */
export function durationOf({ startedAtMs, result }: TaskProgress, { nowMs }: FrameContext): string {
  if (startedAtMs === undefined) return '';
  return formatDuration(result?.durationMs ?? Math.max(0, nowMs - startedAtMs));
}

/** What is to be said of it now: what it wrote last, what it waits for, why it failed. */
export function detailOf(task: TaskProgress, { style, view }: FrameContext): Part {
  const { state, result, spec, attempt, lastLine } = task;
  switch (state) {
    case 'waiting':
      return [waitsFor(spec.after ?? [], view.tasks), style.dim];
    case 'running':
      return [attempt > 1 ? `try ${String(attempt)} · ${shown(lastLine)}` : shown(lastLine), style.dim];
    case 'ready':
      return [lastLine === '' ? 'ready' : `ready · ${shown(lastLine)}`, style.dim];
    case 'retrying':
      return [`try ${String(attempt)} follows: ${firstLine(task.error)}`, style.yellow];
    case 'passed':
      return [''];
    case 'cached':
      return ['cached', style.blue];
    case 'failed':
    case 'allowed-failure':
    case 'skipped':
    case 'cancelled': {
      const why = result === undefined ? '' : describeWhy(result);
      const words = state === 'failed' ? why : [state.replace('-', ' '), ...(why === '' ? [] : [why])].join(': ');
      return [words, paintOf(state, style)];
    }
  }
}

function shown(line: string): string {
  return plainLine(line).trim();
}

/** A task that no longer holds up those that come after it. */
const DONE: ReadonlySet<string> = new Set(['passed', 'cached', 'allowed-failure', 'ready']);

function waitsFor(after: readonly string[], tasks: ReadonlyMap<string, TaskProgress>): string {
  const open = after.filter((name) => !DONE.has(tasks.get(name)?.state ?? 'passed'));
  return open.length === 0 ? '' : `after ${open.map(plainLine).join(', ')}`;
}
