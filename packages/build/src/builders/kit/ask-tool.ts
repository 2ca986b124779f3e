import type { CancelOptions } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import type { BuildEvent } from '../../events.ts';
import { runInProject, type TargetCommand } from './command-targets.ts';

/**
 * What a tool prints to its stdout, for questions such as its version: nobody is told of them.
 *
 * @throws `ERR_BUILD_TOOL_MISSING` where there is no such tool, `ERR_BUILD_COMMAND_FAILED` where it fails.
 */
export async function askTool(
  config: BuilderConfig,
  question: TargetCommand,
  { signal }: CancelOptions = {},
): Promise<string> {
  const lines: string[] = [];
  const onEvent = (event: BuildEvent): void => {
    if (event.type === 'command-output' && event.stream === 'stdout') lines.push(event.line);
  };
  await runInProject(config, question, { signal, onEvent });
  return lines.join('\n').trim();
}
