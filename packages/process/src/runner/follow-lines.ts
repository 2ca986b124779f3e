import { linesOf, type OutputLine } from '../output/lines.ts';
import type { StreamName } from '../output/stream-name.ts';
import type { Process } from '../process.ts';

/** Tells the lines of a process as they come; resolves when it has told the last one. */
export async function followLines(
  process: Process,
  onLines: (stream: StreamName, lines: readonly OutputLine[]) => void,
): Promise<void> {
  for await (const batch of process.lineBatches()) onLines(batch.stream, linesOf(batch));
}
