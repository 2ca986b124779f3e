import { type CommandPlace, startCommand } from './command-task.ts';
import type { ReadyCheck } from './ready-check.ts';
import type { ServiceContext } from './run-plan.ts';
import { type ServiceTask, startServiceTask } from './service-task.ts';

/** What a service is started with beside its context. */
export interface ServiceStart {
  readonly place: CommandPlace;
  readonly check: ReadyCheck;
  /** Asked before each start; what it returns is called when it is ready, and waited for. */
  readonly watch: () => Promise<() => Promise<void>>;
}

/** Starts a task that is a service; it is over when its last line was told as well. */
export function startService({ place, check, watch }: ServiceStart, context: ServiceContext): ServiceTask {
  const { spec, signal, onReady, onRestarting } = context;
  const told: Promise<void>[] = [];
  let noteReady = (): Promise<void> => Promise.resolve();
  const task = startServiceTask({
    name: spec.name,
    check,
    start: async () => {
      noteReady = await watch();
      const started = await startCommand(place, context);
      told.push(started.told);
      return started.process;
    },
    timeoutMs: spec.timeoutMs,
    restart: spec.restart,
    signal,
    onReady,
    onRestarting,
  });
  return new FollowedService(task, { told, noteReady: () => noteReady() });
}

interface Following {
  readonly told: readonly Promise<void>[];
  readonly noteReady: () => Promise<void>;
}

class FollowedService implements ServiceTask {
  readonly ready: ServiceTask['ready'];
  readonly ended: ServiceTask['ended'];
  readonly #task: ServiceTask;

  constructor(task: ServiceTask, { told, noteReady }: Following) {
    this.#task = task;
    this.ready = task.ready.then(async (result) => {
      if (result.ok) await noteReady();
      return result;
    });
    this.ended = task.ended.then(async (result) => {
      await Promise.all(told);
      return result;
    });
  }

  get state(): ServiceTask['state'] {
    return this.#task.state;
  }

  stop(): Promise<void> {
    return this.#task.stop();
  }

  output(): string {
    return this.#task.output();
  }
}
