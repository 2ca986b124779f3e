import type { Job as QueuedJob } from 'bullmq';

import type { Job, JobOutcome } from '../dispatcher.ts';

/** A job as the queue has it. */
export type StoredJob = Pick<
  QueuedJob<Job, JobOutcome>,
  'data' | 'extendLock' | 'finishedOn' | 'id' | 'moveToCompleted' | 'moveToDelayed' | 'returnvalue' | 'stalledCounter'
>;

/** How a job is put into a queue. */
interface PutOptions {
  readonly jobId: string;
  readonly removeOnComplete: { readonly age: number };
  readonly removeOnFail: { readonly age: number };
}

/** The queue of one repository. */
export interface StoredQueue {
  setGlobalConcurrency(concurrency: number): Promise<unknown>;
  getJob(id: string): Promise<StoredJob | undefined>;
  add(name: string, job: Job, options: PutOptions): Promise<unknown>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** The queue that names the repositories; see `Directory`. */
export interface StoredDirectory {
  add(name: string, data: { readonly repo: string }, options: { readonly jobId: string }): Promise<unknown>;
  getWaitingCount(): Promise<number>;
  /** The ids, in an order that differs from store to store. */
  getRanges(types: ['waiting'], start: number, end: number): Promise<string[]>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}

/** What takes jobs out of the queue of one repository, and puts those back that nobody does any more. */
export interface StoredWorker {
  /** Resolves when it can be asked; one that has failed to get there once never will. */
  waitUntilReady(): Promise<unknown>;
  startStalledCheckTimer(): Promise<void>;
  getNextJob(token: string, options: { readonly block: false }): Promise<StoredJob | undefined>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  close(force: boolean): Promise<void>;
}

/** Where queues are; all of them share its connection. */
export interface Store {
  queue(name: string): StoredQueue;
  /** Resolves when it can be asked, or asks by itself for as long as it takes. */
  directory(name: string): Promise<StoredDirectory>;
  worker(name: string): StoredWorker;
  /** Lets go of the connection, soon also where nobody answers; what is asked then has no answer any more. */
  close(): Promise<void>;
}
