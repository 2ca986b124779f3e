import type { Medium } from '@core/io';
import type { Logger, Service } from '@core/process';

import type { Hypervisor } from '../hypervisors/hypervisor.ts';
import type { State } from '../state/state.ts';
import type { AgentDesk } from './agent-desk.ts';

/** What every verb of a manager works with. */
export interface ManagerContext {
  /** Of the state; images, volumes and keys are paths on it, too. */
  readonly medium: Medium;
  /** The whole disk of this system, for the files of machines and hypervisors. */
  readonly localDisk: Medium;
  /** A path on the medium. */
  readonly stateDir: string;
  /** The same place for other programs. */
  readonly realStateDir: string;
  readonly state: State;
  /** Starts hypervisors and tools, and tells the bus of them. */
  readonly service: Service;
  /** The connections to the agents in guests. */
  readonly agents: AgentDesk;
  readonly logger: Logger;
  /** A log of the console that is larger is rotated. */
  readonly maxLogBytes: number | undefined;
  /** The one that the manager was given: all machines that it starts are its own. */
  readonly hypervisor: Hypervisor | undefined;
}
