/** Puts so many machines into a state, one after the other: `node state-subject.mjs <stateDir> <count>`. */
import { randomUUID } from 'node:crypto';

import { State } from '@core/container';
import { localMedium } from '@core/io';

const [stateDir = '', count = ''] = process.argv.slice(2);
const state = await State.open({ medium: localMedium(), stateDir });
for (let left = Number(count); left > 0; left -= 1) {
  const id = await state.newId();
  await state.put({
    ...{ id, name: `web-${id}`, image: '/images/web.iso', format: 'iso', status: 'stopped', pid: 0 },
    ...{ uuid: randomUUID(), startedAt: new Date(), ports: { 8080: 80 }, bindAddress: '127.0.0.1' },
    ...{ memoryMb: 512, cpus: 1, sshPort: 20_022, user: 'root', volumes: [], disks: [] },
    ...{ hypervisor: 'qemu', arch: 'x86_64', accelerator: 'tcg' },
    ...{ writeImage: false, autoRemove: false, suspended: false },
  });
}
await state.close();
