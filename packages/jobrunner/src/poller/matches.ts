import type { JobHandler } from '../job-handler.ts';
import type { PipelineSignal } from '../pipeline-signal.ts';
import { quietly } from './quietly.ts';

/**
 * Whether the handler matches. A promise is no answer: it would be taken for a yes, whatever it comes to.
 *
 * @throws what `match` throws; TypeError where it gives a promise.
 */
export function matches(handler: JobHandler, pipelineSignal: PipelineSignal): boolean {
  const answer: unknown = handler.match(pipelineSignal);
  if (typeof answer !== 'object' || answer === null) return Boolean(answer);
  quietly(() => answer);
  throw new TypeError(`match of the handler "${handler.name}" must return true or false, and it returned an object`);
}
