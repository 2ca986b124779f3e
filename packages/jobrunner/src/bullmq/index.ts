export { BullmqDispatcher } from './bullmq-dispatcher.ts';
export type { BullmqDispatcherOptions, QueueStore } from './options.ts';
