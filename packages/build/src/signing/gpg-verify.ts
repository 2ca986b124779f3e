import { type CancelOptions, copy, type Medium } from '@core/io';

import { statFile } from '../artifact-check.ts';
import { BuildError } from '../errors.ts';
import { pathBelow } from '../paths.ts';
import { STATUS, statusOf } from './gpg-status.ts';
import { inPrivateFolder, readable } from './private-copy.ts';
import type { SignerHost, SignOptions } from './signer.ts';
import { isToolFailure, Toolbox, type ToolCall } from './toolbox.ts';

/** Who has signed a file. */
export interface VerifiedSignature {
  /** Of the key that was signed with, which may be a subkey: 40 digits in upper-case hex. */
  readonly fingerprint: string;
  /** Of the key that it belongs to. */
  readonly primaryFingerprint: string;
}

/** What is verified, and where. */
export interface VerifySignatureOptions extends SignOptions, SignerHost {
  /** `<path>.asc` unless it is given. */
  readonly signature?: string | undefined;
}

/**
 * Verifies a detached signature of GnuPG with the keys of its keyring, of which the home is that of `GNUPGHOME`.
 *
 * @throws `ERR_BUILD_SIGNATURE_INVALID` where the file is not what was signed, or the key is not known, has expired or
 * was revoked; `ERR_BUILD_SIGNER_UNAVAILABLE` where there is no gpg; `ERR_BUILD_ARTIFACT_NOT_FOUND`.
 *
 * @example
 * ```ts
 * import { verifySignature } from '@core/build/signing';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'CHECKSUMS.txt': 'abc' });
 * await assert.rejects(verifySignature(medium, 'CHECKSUMS.txt'), { code: 'ERR_BUILD_ARTIFACT_NOT_FOUND' });
 * ```
 */
export async function verifySignature(
  medium: Medium,
  path: string,
  options: VerifySignatureOptions = {},
): Promise<VerifiedSignature> {
  const { signature = `${path}.asc`, signal, onEvent } = options;
  const toolbox = new Toolbox(options, () => []);
  await statFile(medium, { path, op: 'build.verifySignature', what: 'file', signal });
  await statFile(medium, { path: signature, op: 'build.verifySignature', what: 'signature', signal });
  return inPrivateFolder(async (folder) => {
    const place = pathBelow(folder.path, 'signature.asc');
    await copy(medium, signature, folder.disk, place, { signal });
    const file = await readable(medium, path, { folder, signal });
    const shown = ['gpg', '--verify', signature, path].join(' ');
    return gpgVerify(toolbox, { file, signature: place, path }, { dir: folder.path, shown, signal, onEvent });
  });
}

/** Files on the disk, and what the one that is signed is called. */
export interface Verifying {
  readonly file: string;
  readonly signature: string;
  readonly path: string;
}

/** Asks GnuPG whether a signature is that of a file. */
export async function gpgVerify(
  toolbox: Toolbox,
  { file, signature, path }: Verifying,
  call: CancelOptions & Pick<ToolCall, 'dir' | 'onEvent' | 'shown'>,
): Promise<VerifiedSignature> {
  const args = ['--batch', '--no-tty', '--status-fd', '1', '--verify', signature, file];
  try {
    const words = statusOf(await toolbox.run({ ...call, tool: 'gpg', args, noise: STATUS }), 'VALIDSIG');
    if (words === undefined) throw invalid(path, 'gpg does not vouch for it');
    const [fingerprint = ''] = words;
    return { fingerprint, primaryFingerprint: words[9] ?? fingerprint };
  } catch (cause) {
    if (!isToolFailure(cause)) throw cause;
    throw cause.code === 'ERR_BUILD_TOOL_MISSING' ? unavailable(path, cause) : invalid(path, reasonOf(cause), cause);
  }
}

/** What the end of the status lines says, from the clearest to the vaguest. */
function reasonOf({ output = '' }: BuildError): string {
  const lines = output.split('\n');
  if (statusOf(lines, 'BADSIG') !== undefined) return 'the file is not what was signed';
  if (statusOf(lines, 'NO_PUBKEY') !== undefined) return 'the key that signed it is not known here';
  if (statusOf(lines, 'REVKEYSIG') !== undefined) return 'the key that signed it was revoked';
  if (statusOf(lines, 'NODATA') !== undefined) return 'it is no signature';
  return 'gpg cannot read it';
}

function invalid(path: string, why: string, cause?: BuildError): BuildError {
  return new BuildError(`Cannot trust the signature of ${JSON.stringify(path)}: ${why}`, {
    code: 'ERR_BUILD_SIGNATURE_INVALID',
    op: 'build.verifySignature',
    path,
    output: cause?.output,
    hint: 'Get file, signature and public key again from where they are published.',
    cause,
  });
}

function unavailable(path: string, cause: BuildError): BuildError {
  return new BuildError(`Cannot verify the signature of ${JSON.stringify(path)}: there is no gpg on this machine`, {
    ...{ code: 'ERR_BUILD_SIGNER_UNAVAILABLE', op: 'build.verifySignature', path, tool: 'gpg', cause },
    hint: HOW_TO_GET_GPG,
  });
}

export const HOW_TO_GET_GPG: string =
  'Install GnuPG: apt-get install gnupg, brew install gnupg, or winget install GnuPG.GnuPG.';
