export type { LogFields, Logger } from '../logger.ts';
export type { ActionHandler } from './actions.ts';
export {
  type ActionOf,
  type BusCallOptions,
  Core,
  type CoreMessage,
  type CoreOptions,
  type MessagesOptions,
} from './core.ts';
export { CoreBusError, type CoreBusErrorCode, type CoreBusErrorOptions } from './core-bus-error.ts';
export type { AnswerOf, Message, MessageOf, Query, QueryOf, ResultOf, Task, TaskOf } from './message.ts';
export type { ProcessBus, ServiceHost } from './process-events.ts';
export type {
  ActionProcessExited,
  ActionProcessKilled,
  ActionProcessLines,
  ActionProcessOutput,
  ActionProcessStarted,
  ProcessMessage,
} from './process-messages.ts';
export type { QueryContext, QueryHandler } from './queries.ts';
export type { CoreService, ServiceClass } from './services.ts';
export type { SubscribeOptions, Subscription } from './subscription.ts';
export type { ActionTaskCompleted, ActionTaskProgress, ActionTaskStarted, TaskMessage } from './task-messages.ts';
export type { TaskContext, TaskHandler } from './tasks.ts';
