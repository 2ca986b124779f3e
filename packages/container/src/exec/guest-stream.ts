import { ContainerError, type ContainerErrorCode } from '../errors.ts';
import type { ExecOutput } from '../run-options.ts';
import type { GuestCommandOptions, GuestExit, GuestRunner } from './guest-runner.ts';

/** How bytes go from or to a command of a guest. */
export interface GuestStreamOptions extends Omit<GuestCommandOptions, 'sink' | 'input' | 'tty'> {
  /** The code of the error where the command fails; `ERR_CONTAINER_COPY_FAILED` unless it is given. */
  readonly code?: ContainerErrorCode | undefined;
  /** The machine. */
  readonly id?: string | undefined;
}

/** So much of the end of what a command says of its failure is in an error. */
const LAST_WORDS = 4096;

/**
 * What a command of the guest writes to its stdout, exactly, as fast as it is taken. Leaving the loop ends the command.
 *
 * @throws The code that was asked for, with its last words, where it ends otherwise than with exit code 0.
 */
export async function* readFromGuest(
  runner: GuestRunner,
  command: readonly string[],
  { signal, code, id, ...options }: GuestStreamOptions = {},
): AsyncGenerator<Uint8Array, undefined> {
  const left = new AbortController();
  const stop = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
  const pieces = new PieceQueue();
  const said = new LastWords();
  const running = runner.run(command, {
    ...{ ...options, signal: stop },
    sink: ({ stream, bytes }) => {
      if (stream === 'stdout') return pieces.put(bytes);
      said.add(bytes);
      return undefined;
    },
  });
  const ended = (): void => {
    pieces.end();
  };
  running.then(ended, ended);
  try {
    yield* pieces.all();
    checkExit(command, await running, { code, id, said });
  } finally {
    pieces.end();
    left.abort(new Error('nobody reads it any more'));
    await running.catch(() => undefined);
  }
  return undefined;
}

/**
 * Gives a command of the guest exactly these bytes to read.
 *
 * @throws The code that was asked for, with its last words, where it ends otherwise than with exit code 0; the error of
 *   the source, after the command was ended.
 */
export async function writeToGuest(
  runner: GuestRunner,
  command: readonly string[],
  { source, code, id, ...options }: GuestStreamOptions & { readonly source: AsyncIterable<Uint8Array> },
): Promise<void> {
  const said = new LastWords();
  const exit = await runner.run(command, { ...options, input: source, sink: said.sink });
  checkExit(command, exit, { code, id, said });
}

function checkExit(
  command: readonly string[],
  { exitCode }: GuestExit,
  { code = 'ERR_CONTAINER_COPY_FAILED', id, said }: Pick<GuestStreamOptions, 'code' | 'id'> & { said: LastWords },
): void {
  if (exitCode === 0) return;
  const output = said.text();
  const where = id === undefined ? 'the machine' : JSON.stringify(id);
  throw new ContainerError(
    `Cannot run ${command[0] ?? ''} in ${where}: it ended with exit code ${String(exitCode)}${output === '' ? '' : `: ${output}`}`,
    { code, op: 'container.copy', id, output },
  );
}

/** The end of a text that comes in pieces. */
class LastWords {
  #bytes: Buffer = Buffer.alloc(0);

  readonly sink = ({ bytes }: ExecOutput): void => {
    this.add(bytes);
  };

  add(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]).subarray(-LAST_WORDS);
  }

  text(): string {
    return this.#bytes.toString().trim();
  }
}

/** Hands pieces from one who pushes to one who pulls: the first waits until the second has taken what it gave. */
class PieceQueue {
  #piece: { readonly bytes: Uint8Array; readonly taken: () => void } | undefined;
  #ended = false;
  #wake: () => void = () => undefined;

  put(bytes: Uint8Array): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((taken) => {
      this.#piece = { bytes, taken };
      this.#wake();
    });
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *all(): AsyncGenerator<Uint8Array, undefined> {
    try {
      for (;;) {
        const piece = this.#piece;
        if (piece === undefined) {
          if (this.#ended) return undefined;
          await new Promise<void>((resolve) => (this.#wake = resolve));
          continue;
        }
        this.#piece = undefined;
        try {
          yield piece.bytes;
        } finally {
          piece.taken();
        }
      }
    } finally {
      this.#ended = true;
      this.#piece?.taken();
    }
  }
}
