import { connect } from 'node:net';

import { describe, expect } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { AgentClient } from '../../src/agent/agent-client.ts';
import { execOverSsh } from '../../src/exec/exec-over-ssh.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { TEST_IMAGE_SHUTDOWN } from '../../src/testing/vm-image/test-image.ts';
import { Guest, GUEST_TOOLS } from './boot-guest.ts';

const test = needs(...GUEST_TOOLS, 'qemu-img');

/** The first bytes that the port says. */
async function banner(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const bytes = await new Promise<Buffer>((resolve, reject) => socket.once('data', resolve).once('error', reject));
  socket.destroy();
  return bytes.toString();
}

describe('Good', () => {
  test('buildTestImage makes a guest that serves SSH and HTTP, and keeps its files when the power button is pressed', async () => {
    await using guest = await Guest.boot({ words: 'vm.dhcp', diskMb: 64 });
    expect(await banner(guest.ssh.port)).toMatch(/^SSH-2\.0-/);
    const answer = await fetch(`http://127.0.0.1:${String(guest.httpPort)}/`);
    expect(await answer.text()).toBe('hello from the vm\n');
    {
      await using agent = await AgentClient.connect(guest.agentSocket);
      expect((await agent.exec(['grep', '/data ', '/proc/mounts'])).stdout).toMatch(/^\/dev\/vda \/data ext4 rw/);
      expect((await agent.exec(['sh', '-c', 'echo not yet synced >/data/file'])).exitCode).toBe(0);
      expect((await agent.exec(['cat', '/etc/resolv.conf'])).stdout).toBe('nameserver 10.0.2.3\n');
    }
    await guest.pressPowerButton();
    expect(await guest.ended()).toContain(`${TEST_IMAGE_SHUTDOWN}\r\n`);
    await using again = await guest.again();
    await using agent = await AgentClient.connect(again.agentSocket);
    expect((await agent.exec(['cat', '/data/file'])).stdout).toBe('not yet synced\n');
  }, 180_000);
});

describe('Bad', () => {
  test('buildTestImage makes a guest that can be told to be of little use', async () => {
    await using guest = await Guest.boot({ words: 'vm.noagent vm.newhostkey vm.ignorepower' });
    await containerRefusalOf(
      () => AgentClient.connect(guest.agentSocket, { timeoutMs: 300 }),
      'ERR_CONTAINER_AGENT_UNAVAILABLE',
    );
    await guest.pressPowerButton();
    expect((await execOverSsh(guest.ssh, ['echo', 'still here'])).stdout).toBe('still here\n');
    expect(await guest.knownHosts()).not.toContain(guest.hostKey);
  }, 180_000);
});
