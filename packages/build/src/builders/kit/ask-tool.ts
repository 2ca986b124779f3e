import type { CancelOptions } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { runInProject, type TargetCommand } from './command-targets.ts';

/**
 * What a tool prints to its stdout, for questions such as its version: nobody is told of them, and nothing is taken out
 * of the answer.
 *
 * @throws `ERR_BUILD_TOOL_MISSING` where there is no such tool, `ERR_BUILD_COMMAND_FAILED` where it fails.
 */
export async function askTool(
  config: BuilderConfig,
  question: TargetCommand,
  { signal }: CancelOptions = {},
): Promise<string> {
  let answer = '';
  await runInProject(config, question, {
    signal,
    onLine: ({ line, partial, stream }) => {
      if (stream === 'stdout') answer += partial === true ? line : `${line}\n`;
    },
  });
  return answer.trim();
}
