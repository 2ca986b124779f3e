import type { ExecOptions, ExecResult } from '../run-options.ts';
import { execInGuest } from './exec-in-guest.ts';
import { SshRunner } from './ssh-runner.ts';
import type { SshTarget } from './ssh-target.ts';

/**
 * Runs a command in a guest over SSH and keeps what it writes. See {@link SshRunner}.
 *
 * @throws `TypeError` and `RangeError` for misuse; what {@link SshRunner.run} throws.
 *
 * @example
 * ```ts
 * import { execOverSsh } from '@core/container';
 * import { Service } from '@core/process';
 *
 * await using service = new Service();
 * const target = { port: 2201, user: 'root', knownHosts: '/tmp/known_hosts', hostKeyAlias: 'a1b2c3d4', service };
 * const hostname = async () => (await execOverSsh(target, ['hostname'])).stdout.trim();
 * assert.equal(typeof hostname, 'function');
 * await assert.rejects(execOverSsh(target, []), TypeError);
 * ```
 */
export async function execOverSsh(
  target: SshTarget,
  command: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  return execInGuest(new SshRunner(target), command, options);
}
