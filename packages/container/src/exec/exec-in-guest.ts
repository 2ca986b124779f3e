import { RingBuffer } from '@core/process';

import type { ExecOptions, ExecOutput, ExecResult } from '../run-options.ts';
import { checkExec } from './check-exec.ts';
import type { GuestRunner } from './guest-runner.ts';

const BUFFER_SIZE_BYTES = 16 * 1024 * 1024;

/**
 * Runs a command in a guest and keeps what it writes.
 *
 * @throws `TypeError` and `RangeError` for misuse; what {@link GuestRunner.run} throws.
 */
export async function execInGuest(
  runner: GuestRunner,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  checkExec(command, options);
  const { onOutput, bufferSizeBytes = BUFFER_SIZE_BYTES, ...rest } = options;
  const kept = { stdout: new RingBuffer(bufferSizeBytes), stderr: new RingBuffer(bufferSizeBytes) };
  const sink = (piece: ExecOutput): void => {
    kept[piece.stream].write(piece.bytes);
    onOutput?.(piece);
  };
  const startedAt = performance.now();
  const { exitCode, killSignal } = await runner.run(command, { ...rest, sink });
  return {
    ...{ exitCode, ...(killSignal === undefined ? {} : { killSignal }), via: runner.via },
    ...{ stdout: kept.stdout.toString(), stderr: kept.stderr.toString() },
    ...{ stdoutBytes: kept.stdout.bytes(), stderrBytes: kept.stderr.bytes() },
    truncated: kept.stdout.truncated || kept.stderr.truncated,
    durationMs: performance.now() - startedAt,
  };
}
