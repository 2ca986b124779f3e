import type { Message } from './message.ts';

/** A task of `performAsync` begins. */
export interface ActionTaskStarted {
  readonly type: 'ActionTaskStarted';
  /** What `performAsync` returned. */
  readonly id: string;
  readonly task: Message;
}

/** A task of `performAsync` tells how far it is. */
export interface ActionTaskProgress {
  readonly type: 'ActionTaskProgress';
  readonly id: string;
  readonly task: Message;
  /** From 0 to 1. */
  readonly progress: number;
  readonly message?: string;
}

/** A task of `performAsync` is over: once for each that was started. */
export interface ActionTaskCompleted {
  readonly type: 'ActionTaskCompleted';
  readonly id: string;
  readonly task: Message;
  /** What its handler returned. */
  readonly result?: unknown;
  /** Why it failed; the reason of the signal itself where it was aborted. Missing where it did not fail. */
  readonly error?: unknown;
}

/** What the bus itself tells of the tasks of `performAsync`. */
export type TaskMessage = ActionTaskStarted | ActionTaskProgress | ActionTaskCompleted;
