import type { CancelOptions, Medium } from '@core/io';

import type { HypervisorCapabilities, MachinePaths } from '../hypervisors/hypervisor.ts';
import { QmpClient, type QmpOptions } from '../qmp/qmp-client.ts';
import { controlFailed } from '../qmp/qmp-error.ts';
import { orderVfkit, vfkitState } from '../vfkit/vfkit-client.ts';
import { type MachineRecord, signalHypervisor } from './machine-process.ts';

/** How long an answer may take. */
export interface AskOptions extends CancelOptions {
  readonly timeoutMs: number;
}

/** What every hypervisor can be asked, each in its own way. */
export interface Controls {
  /** Where the machine stands, by the hypervisor's own word. */
  state(options: AskOptions): Promise<string>;
  /** Presses the power button: the guest may heed it. */
  powerDown(options: AskOptions): Promise<void>;
  /** Lets a guest that stands still go on. */
  goOn(options: AskOptions): Promise<void>;
  /** Has the hypervisor end by itself, its disks written out, its guest not asked. */
  quit(options: AskOptions): Promise<void>;
}

/** The controls of a machine, by the way in which its hypervisor is spoken to. */
export function controlsOf(
  control: HypervisorCapabilities['control'],
  record: MachineRecord,
  { paths, medium }: { readonly paths: MachinePaths; readonly medium: Medium },
): Controls {
  if (control === 'qmp') return qmpControls(record, paths);
  return control === 'vfkit' ? vfkitControls(record, paths) : signalControls(record, medium);
}

/**
 * A connection to the QEMU of a machine, which has said that it is the one.
 *
 * @throws `ERR_CONTAINER_CONTROL_FAILED`, also where it is another one; the reason of the signal.
 */
export async function connectVerified(
  { id, uuid }: MachineRecord,
  { control }: MachinePaths,
  options: Omit<QmpOptions, 'id'> = {},
): Promise<QmpClient> {
  const client = await QmpClient.connect(control, { ...options, id });
  try {
    const { UUID: answer } = await client.execute('query-uuid', undefined, options);
    if (answer.toLowerCase() === uuid.toLowerCase()) return client;
    throw controlFailed({ id, path: control }, `its control socket is that of the machine with the UUID ${answer}`);
  } catch (error) {
    await client.close();
    throw error;
  }
}

function qmpControls(record: MachineRecord, paths: MachinePaths): Controls {
  const tell = async (order: 'cont' | 'quit' | 'system_powerdown', options: AskOptions): Promise<void> => {
    await using client = await connectVerified(record, paths, options);
    await client.execute(order, undefined, options);
  };
  return {
    state: async (options) => {
      await using client = await connectVerified(record, paths, options);
      return (await client.execute('query-status', undefined, options)).status;
    },
    powerDown: (options) => tell('system_powerdown', options),
    goOn: (options) => tell('cont', options),
    quit: (options) => tell('quit', options),
  };
}

function vfkitControls({ id }: MachineRecord, { control }: MachinePaths): Controls {
  return {
    state: (options) => vfkitState(control, { ...options, id }),
    powerDown: (options) => orderVfkit(control, 'Stop', { ...options, id }),
    goOn: (options) => orderVfkit(control, 'Resume', { ...options, id }),
    quit: (options) => orderVfkit(control, 'HardStop', { ...options, id }),
  };
}

/** Hyperkit takes SIGTERM for the power button, and has no other way to be asked. */
function signalControls(record: MachineRecord, medium: Medium): Controls {
  const powerDown = async (): Promise<void> => {
    await signalHypervisor(record, medium, 'SIGTERM');
  };
  return {
    state: () => Promise.resolve('running'),
    powerDown,
    goOn: () => Promise.resolve(),
    quit: () => Promise.resolve(),
  };
}
