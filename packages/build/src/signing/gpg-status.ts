import type { Reason } from './failure.ts';

/** Lines that GnuPG writes for programs: doc/DETAILS of its sources. */
export const STATUS: string = '[GNUPG:] ';

/** Numbers of libgpg-error; the upper half of what GnuPG says is the part of it that has failed. */
const CODES = { badPassphrase: 11, noSecretKey: 17, unusableSecretKey: 54, noPinEntry: 85, canceled: 99 } as const;

/** Whether the status lines have this keyword: its arguments, else `undefined`. */
export function statusOf(lines: readonly string[], keyword: string): readonly string[] | undefined {
  const words = lines.filter((line) => line.startsWith(STATUS)).map((line) => line.split(' ').slice(1));
  return words.find(([word]) => word === keyword)?.slice(1);
}

/** Why GnuPG did not sign. `said` has its status lines. */
export function whyGpgFailed(said: string, key: string, hasPassphrase: boolean): Reason {
  const lines = said.split('\n');
  const code = Number(statusOf(lines, 'FAILURE')?.[1] ?? 0) & 0xffff;
  if (code === CODES.noSecretKey) return keyNotFound(key);
  if (code === CODES.unusableSecretKey) return keyUnusable(key);
  const asked =
    code === CODES.noPinEntry || code === CODES.canceled || statusOf(lines, 'PINENTRY_LAUNCHED') !== undefined;
  if (code === CODES.badPassphrase || (!hasPassphrase && asked)) return passphraseWrong(hasPassphrase);
  const why = lines.findLast((line) => line.startsWith('gpg: '))?.slice('gpg: '.length) ?? 'gpg has failed';
  return {
    code: 'ERR_BUILD_SIGN_FAILED',
    why,
    hint: 'Correct what gpg reports; try it by hand: gpg --detach-sign <file>.',
  };
}

export function keyNotFound(key: string): Reason {
  return {
    code: 'ERR_BUILD_SIGN_KEY_NOT_FOUND',
    why: `gpg has no secret key ${JSON.stringify(key)}`,
    hint: 'Correct sign.gpg.key, or import the key: gpg --batch --import <file>. Its home is that of GNUPGHOME.',
    key: 'sign.gpg.key',
  };
}

export function keyUnusable(key: string): Reason {
  return {
    code: 'ERR_BUILD_SIGN_KEY_UNUSABLE',
    why: `the key ${JSON.stringify(key)} cannot sign: it has expired, was revoked or disabled, or is for something else`,
    hint: 'See gpg --list-secret-keys; give it a new time by gpg --quick-set-expire, or name another in sign.gpg.key.',
    key: 'sign.gpg.key',
  };
}

function passphraseWrong(given: boolean): Reason {
  return {
    code: 'ERR_BUILD_SIGN_PASSWORD_WRONG',
    why: given ? 'the passphrase of the key is wrong' : 'the key needs a passphrase, and nobody gave one',
    hint: 'Put the right passphrase into the environment variable GPG_PASSPHRASE.',
  };
}
