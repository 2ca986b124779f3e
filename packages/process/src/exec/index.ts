export type { LogFields, Logger } from '../logger.ts';
export { type Command, command } from './command.ts';
export { runQuiet, type RunQuietOptions } from './run-quiet.ts';
export type { OutputTarget } from './target.ts';
