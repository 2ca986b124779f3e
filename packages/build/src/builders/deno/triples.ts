import { BuildError } from '../../errors.ts';
import { formatTarget, type Target } from '../../target.ts';

/** What `deno compile --target` knows: https://docs.deno.com/runtime/reference/cli/compile/ */
const TRIPLES: Readonly<Record<string, string>> = {
  'linux/amd64': 'x86_64-unknown-linux-gnu',
  'linux/arm64': 'aarch64-unknown-linux-gnu',
  'darwin/amd64': 'x86_64-apple-darwin',
  'darwin/arm64': 'aarch64-apple-darwin',
  'windows/amd64': 'x86_64-pc-windows-msvc',
};

/** A target in the words of Deno; `undefined` where it has none for it. */
export function denoTriple(target: Target): string | undefined {
  return Object.hasOwn(TRIPLES, formatTarget(target)) ? TRIPLES[formatTarget(target)] : undefined;
}

/**
 * A target in the words of Deno.
 *
 * @throws `ERR_BUILD_UNSUPPORTED_TARGET`
 */
export function requiredTriple(target: Target): string {
  const triple = denoTriple(target);
  if (triple !== undefined) return triple;
  const name = formatTarget(target);
  throw new BuildError(`Cannot build for ${name}: Deno has no runtime for it`, {
    code: 'ERR_BUILD_UNSUPPORTED_TARGET',
    op: 'build.deno',
    target: name,
    hint: `Targets of Deno: ${Object.keys(TRIPLES).join(', ')}.`,
  });
}
