import type { MachineImage } from '../../image/image.ts';
import { checkSockets } from '../check-machine.ts';
import type { HypervisorCommand, MachineOptions } from '../hypervisor.ts';
import { bootArgs } from './boot.ts';
import { channelArgs } from './channels.ts';
import { driveArgs } from './drives.ts';
import { machineArgs } from './machine.ts';
import { networkArgs } from './network.ts';
import { shareArgs, shareHelpers, shareSockets } from './shares.ts';

/** QEMU's command line for a machine whose options are checked. */
export function qemuCommand(image: MachineImage, options: MachineOptions): HypervisorCommand {
  const { console: serial, agent, control } = options.paths;
  checkSockets([serial, agent, control, ...shareSockets(options)], options.id);
  return {
    command: options.command,
    args: [
      ...machineArgs(options),
      ...shareArgs(options),
      ...bootArgs(image, options),
      ...driveArgs(image, options),
      ...networkArgs(options),
      ...channelArgs(options),
    ],
    ...(options.resumeFrom === undefined ? {} : { stdin: options.resumeFrom }),
    helpers: shareHelpers(options),
  };
}
