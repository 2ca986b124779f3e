import { Service } from '@core/process';
import { command } from '@core/process/exec';
import { afterAll, describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { sshArguments } from '../../src/exec/ssh-arguments.ts';
import { runSsh } from '../../src/exec/ssh-client.ts';

const service = new Service();
const target = { port: 2201, user: 'root', knownHosts: '/state/vms/a1/known_hosts', hostKeyAlias: 'a1', service };

afterAll(async () => {
  await service.close();
});

describe('Good', () => {
  it('sshArguments trusts and reads nothing but what belongs to the machine', () => {
    const args = sshArguments({ ...target, keyPath: '/keys/id' }, 'script', false);
    expect(args.slice(0, 3)).toEqual(['-F', 'none', '-T']);
    expect(args).toEqual(
      expect.arrayContaining(['StrictHostKeyChecking=accept-new', 'HostKeyAlias=a1', 'BatchMode=yes']),
    );
    expect(args).toEqual(expect.arrayContaining(['IdentityFile="/keys/id"', 'IdentitiesOnly=yes']));
    expect(args.slice(-7)).toEqual(['-p', '2201', '-l', 'root', '--', '127.0.0.1', 'script']);
    expect(sshArguments(target, 'script', true)).toContain('-tt');
    expect(sshArguments(target, 'script', false).join(' ')).not.toContain('Identit');
  });
});

describe('Ugly', () => {
  needs('ssh')('sshArguments makes paths that ssh takes as they are, whatever is in them', async () => {
    const dir = String.raw`/a b,c="d'e\f%h~#`;
    const args = sshArguments({ ...target, keyPath: `${dir}/id`, knownHosts: `${dir}/known_hosts` }, 'x', false);
    const config = await command('ssh', '-G', ...args.slice(0, -1)).output();
    expect(config.split('\n')).toEqual(
      // ssh shows the path of a key before it expands it
      expect.arrayContaining([`identityfile ${dir.replace('%', '%%')}/id`, `userknownhostsfile ${dir}/known_hosts`]),
    );
  });

  needs('ssh')('runSsh takes a path for no variable of the environment', async () => {
    const dir = '/a ${NOT_SET} %d ${HOME}';
    const paths = { keyPath: `${dir}/id`, knownHosts: `${dir}/known_hosts` };
    const { stderr } = await runSsh({ ...target, ...paths, port: 1 }, 'x', 10_000);
    expect(stderr).toMatch(/Connection refused/); // it got so far
  });
});
