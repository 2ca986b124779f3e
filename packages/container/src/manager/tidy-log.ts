import type { Container } from '../container.ts';
import { rotateConsoleLog } from '../logs/rotate-console-log.ts';
import { machinePaths } from '../machine/machine-paths.ts';
import type { ManagerContext } from './context.ts';
import { hypervisorOf } from './control-of.ts';

/** Rotates the log of a machine, where it runs and the log has become too large; what hinders that is told to the logger. */
export async function tidyLog(context: ManagerContext, container: Container): Promise<void> {
  if (container.status !== 'running' || hypervisorOf(context, container).capabilities.control !== 'qmp') return;
  const paths = machinePaths(context.realStateDir, container.id);
  const { localDisk: medium, maxLogBytes: maxBytes, logger } = context;
  try {
    await rotateConsoleLog(container, paths, { medium, maxBytes });
  } catch (error) {
    logger.warn(`The log of the machine "${container.name}" could not be rotated`, { error });
  }
}
