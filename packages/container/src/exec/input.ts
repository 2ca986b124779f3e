import type { ExecOptions } from '../run-options.ts';

/** The input of a command piece by piece, whatever it was given as. */
export async function* inputPieces(input: ExecOptions['input']): AsyncGenerator<Uint8Array, undefined> {
  if (input === undefined || input === '') return undefined;
  if (typeof input === 'string') yield Buffer.from(input);
  else if (Symbol.asyncIterator in input) yield* input;
  else yield input;
  return undefined;
}
