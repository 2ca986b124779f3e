// @ts-check
/** Boots an image, runs a command in it, forwards a port, copies a file out, stops it: `node run.mjs [image] -- command`. */
import { LinuxKitManager } from '@core/container';
import { buildTestImage } from '@core/container/testing';

import { readCommandLine, stopSignal, tell, USAGE } from './command-line.mjs';

const signal = stopSignal();

/** @param {LinuxKitManager} manager @param {ReturnType<typeof readCommandLine>} wanted */
async function run(manager, { image, key, port, copy, to, command }) {
  const boot = image === undefined ? await testImage() : { image, key };
  const { id, ports } = await manager.run(boot.image, {
    ...{ detach: true, memoryMb: 512, sshKey: boot.key, publish: [port], waitFor: 'ssh', waitTimeoutMs: 120_000 },
    signal,
  });
  try {
    console.log(`${id} is up: port ${port} of the guest is http://127.0.0.1:${Object.keys(ports)[0]}/`);
    const { stdout, stderr, exitCode } = await manager.exec(id, command, { signal });
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = exitCode;
    if (copy !== undefined) {
      await manager.copy({ id, path: copy }, to, { signal });
      console.log(`${copy} of the guest is now ${to}`);
    }
    await manager.stop(id, { timeoutMs: 60_000, signal });
    console.log(`${id} has stopped: ${(await manager.inspect(id)).exitReason}`);
  } finally {
    await manager.remove(id, { force: true });
  }
}

/** A small Linux made from Debian's packages: see `@core/container/testing`. */
async function testImage() {
  console.log('Making a small image, which takes a minute the first time');
  const { images, sshKey } = await buildTestImage({ formats: [], signal });
  return { image: images.kernel, key: sshKey };
}

try {
  const wanted = readCommandLine();
  if (wanted.help) console.log(USAGE);
  else {
    const manager = await LinuxKitManager.open({ stateDir: wanted.stateDir, signal });
    await run(manager, wanted).finally(() => manager.close()); // machines do not end with it
  }
} catch (error) {
  tell(error, signal);
}
