import type { CancelOptions } from '@core/io';

import type { Container } from '../container.ts';
import type { MachineControl } from '../machine/machine-control.ts';
import type { MachineStats } from '../machine/machine-stats.ts';
import { checkObject, checkSignal } from './check.ts';
import type { ManagerContext } from './context.ts';
import { checkRunning, controlOf } from './control-of.ts';
import { findTruth } from './truth.ts';

/** One control a run of a machine: what it used since the last look is told from the look before. */
const controls = new WeakMap<ManagerContext, Map<string, readonly [run: string, MachineControl]>>();

/** What a machine that runs uses. */
export async function stats(context: ManagerContext, id: string, options: CancelOptions = {}): Promise<MachineStats> {
  checkObject('options', options);
  checkSignal(options.signal);
  const container = await findTruth(context, id, options);
  checkRunning(container, 'measure');
  return measuringControl(context, container).stats(options);
}

function measuringControl(context: ManagerContext, container: Container): MachineControl {
  const known = controls.get(context) ?? new Map<string, readonly [string, MachineControl]>();
  controls.set(context, known);
  const run = `${String(container.pid)} ${container.startedAt.toISOString()}`;
  const [lastRun, last] = known.get(container.id) ?? [];
  const control = last !== undefined && lastRun === run ? last : controlOf(context, container);
  known.set(container.id, [run, control]);
  return control;
}
