import { describe } from '../check.ts';
import type { ProcessEvents, ProcessExited, ProcessLines } from '../events.ts';
import type { ActionProcessExited, ProcessMessage } from './process-messages.ts';

/** What a service of processes needs of a bus. */
export interface ProcessBus {
  broadcast(message: ProcessMessage): void;
  hears(type: ProcessMessage['type']): boolean;
}

/** What it takes to live on a bus as one of its services. */
export interface ServiceHost extends ProcessBus {
  registerService(name: string, service: object): void;
}

/** Refuses what is no bus; `undefined` passes. */
export function checkBus(bus: unknown): void {
  if (bus === undefined) return;
  const { broadcast, hears } = (bus ?? {}) as Partial<ProcessBus>;
  if (typeof broadcast === 'function' && typeof hears === 'function') return;
  throw new TypeError(`core must be a Core, not ${describe(bus)}`);
}

/** Refuses what is no bus with services. */
export function checkHost(host: unknown): void {
  if (typeof (host as ServiceHost | undefined)?.registerService === 'function') checkBus(host);
  else throw new TypeError(`core must be a Core, not ${describe(host)}`);
}

/** Tells a bus what processes do. A message for each line is made only where somebody hears it. */
export function processEvents(bus: ProcessBus): ProcessEvents {
  return {
    started: (event) => {
      bus.broadcast({ type: 'ActionProcessStarted', ...event });
    },
    wantsLines: () => bus.hears('ActionProcessOutput') || bus.hears('ActionProcessLines'),
    lines: (event) => {
      if (bus.hears('ActionProcessLines')) bus.broadcast({ type: 'ActionProcessLines', ...event });
      if (bus.hears('ActionProcessOutput')) tellEach(bus, event);
    },
    killed: (event) => {
      bus.broadcast({ type: 'ActionProcessKilled', ...event });
    },
    exited: (event) => {
      bus.broadcast(exitedMessage(event));
    },
  };
}

function tellEach(bus: ProcessBus, { id, stream, lines, partial }: ProcessLines): void {
  const pieceAt = partial === true ? lines.length - 1 : -1;
  for (const [index, line] of lines.entries()) {
    bus.broadcast(
      index === pieceAt
        ? { type: 'ActionProcessOutput', id, stream, line, partial: true }
        : { type: 'ActionProcessOutput', id, stream, line },
    );
  }
}

function exitedMessage({ id, exitCode, killSignal, durationMs, error }: ProcessExited): ActionProcessExited {
  return {
    ...{ type: 'ActionProcessExited', id, exitCode, durationMs },
    ...(killSignal === undefined ? {} : { killSignal }),
    ...(error === undefined ? {} : { error }),
  };
}
