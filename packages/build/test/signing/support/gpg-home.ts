import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';

import { afterAll } from '@jest/globals';

import { has } from '@core/tooling/needs';

import { tempDir } from '../../support/temp-project.ts';

/** What must not be found anywhere. */
export const PASSPHRASE = 'corr3ct horse ‹battery› staple';

/** A keyring of its own with keys that are made for the tests; its agent is ended after the tests of the file. */
export interface GpgHome {
  readonly dir: string;
  /** With the passphrase, as a release machine has it. */
  readonly env: Readonly<Record<string, string>>;
  gpg(args: readonly string[], input?: string): { status: number | null; stdout: string; stderr: string };
  /** Makes a key that signs, with the passphrase; `when` is the time that its maker believes it is. */
  makeKey(user: string, options?: { readonly expires?: string; readonly when?: string }): string;
  killAgent(): void;
}

export function gpgHome(): GpgHome {
  const dir = tempDir();
  chmodSync(dir, 0o700);
  const own = Object.entries(process.env as Record<string, string>).filter(([name]) => !name.startsWith('GPG_'));
  const env = { ...Object.fromEntries(own), GNUPGHOME: dir };
  const gpg = (args: readonly string[], input = ''): ReturnType<GpgHome['gpg']> => {
    const options = { env, input, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync('gpg', ['--batch', '--no-tty', ...args], options);
    return { status, stdout, stderr };
  };
  const killAgent = (): void => {
    spawnSync('gpgconf', ['--kill', 'gpg-agent'], { env });
  };
  afterAll(() => {
    if (has('gpg')) killAgent();
  });
  const makeKey: GpgHome['makeKey'] = (user, { expires = 'never', when } = {}) => {
    const clock = when === undefined ? [] : ['--faked-system-time', when];
    const loopback = ['--pinentry-mode', 'loopback', '--passphrase-fd', '0'];
    const make = ['--quick-generate-key', user, 'ed25519', 'sign', expires];
    const { status, stderr, stdout } = gpg([...clock, ...loopback, '--status-fd', '1', ...make], PASSPHRASE);
    if (status !== 0) throw new Error(stderr);
    return /KEY_CREATED \w+ (\w+)/.exec(stdout)?.[1] ?? '';
  };
  return { dir, env: { ...env, GPG_PASSPHRASE: PASSPHRASE }, gpg, makeKey, killAgent };
}
