import { describe, expect, it } from '@jest/globals';

import { Core, type CoreBusError, type Task, type TaskMessage } from '../../src/core/index.ts';

interface Pack extends Task<string> {
  readonly type: 'Pack';
  readonly name: string;
}
interface Restart extends Task {
  readonly type: 'Restart';
}
type TestMessage = Pack | Restart;

const failure = (promise: Promise<unknown>): Promise<CoreBusError> =>
  promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error as CoreBusError,
  );

/** Everything that the bus tells of tasks, and a promise for the end of the next. */
function listen(core: Core<TestMessage>): { told: TaskMessage[]; completed: () => Promise<TaskMessage> } {
  const told: TaskMessage[] = [];
  for (const type of ['ActionTaskStarted', 'ActionTaskProgress', 'ActionTaskCompleted'] as const) {
    core.registerAction(type, (message) => told.push(message));
  }
  const ends = core.messages({ type: 'ActionTaskCompleted' });
  return { told, completed: async () => (await ends.next()).value as TaskMessage };
}

describe('Good', () => {
  it('Core.perform gives the result of the first handler that takes the task', async () => {
    const core = new Core<TestMessage>();
    const asked: string[] = [];
    core.registerTask(({ type }) => {
      asked.push(type);
      return undefined;
    });
    core.registerTask('Pack', ({ name }) => Promise.resolve(`${name}.tgz`));
    core.registerTask('Pack', () => 'never');
    expect(await core.perform({ type: 'Pack', name: 'a' })).toBe('a.tgz');
    expect(asked).toEqual(['Pack']);
  });

  it('Core.perform takes a handler by type that returns nothing for one that has done the task', async () => {
    const core = new Core<TestMessage>();
    let calls = 0;
    core.registerTask('Restart', () => {
      calls += 1;
    });
    core.registerTask('Restart', () => {
      calls += 10;
    });
    await core.perform({ type: 'Restart' });
    expect(calls).toBe(1);
  });

  it('Core.performAsync tells of its beginning, its progress and its end, all after it returned', async () => {
    const core = new Core<TestMessage>();
    const { told, completed } = listen(core);
    core.registerTask('Pack', ({ name }, { progress }) => {
      progress(0.5, 'half');
      progress(1);
      return `${name}.tgz`;
    });
    const task = { type: 'Pack', name: 'a' } as const;
    const id = core.performAsync(task);
    expect([id, told]).toEqual(['task-1', []]);
    await completed();
    expect(told).toEqual([
      { type: 'ActionTaskStarted', id, task },
      { type: 'ActionTaskProgress', id, task, progress: 0.5, message: 'half' },
      { type: 'ActionTaskProgress', id, task, progress: 1 },
      { type: 'ActionTaskCompleted', id, task, result: 'a.tgz' },
    ]);
    expect(core.performAsync({ type: 'Restart' })).toBe('task-2');
    expect(Object.keys(await completed())).toEqual(['type', 'id', 'task', 'error']);
  });
});

describe('Bad', () => {
  it('Core.perform refuses a task that nobody takes', async () => {
    const core = new Core<TestMessage>();
    core.registerTask(() => undefined);
    const error = await failure(core.perform({ type: 'Pack', name: 'a' }));
    expect(error).toMatchObject({ code: 'ERR_CORE_NOT_HANDLED', op: 'core.perform', type: 'Pack' });
    expect(error.message).toBe('Cannot perform "Pack": no handler takes it');
  });

  it('Core.perform rejects with what the handler throws, and Core.performAsync tells of it', async () => {
    const core = new Core<TestMessage>();
    const { told, completed } = listen(core);
    const error = new Error('no disk');
    core.registerTask('Pack', () => {
      throw error;
    });
    expect(await failure(core.perform({ type: 'Pack', name: 'a' }))).toBe(error);
    expect(told).toEqual([]);
    core.performAsync({ type: 'Pack', name: 'a' });
    expect(await completed()).toMatchObject({ type: 'ActionTaskCompleted', id: 'task-1', error });
  });

  it('Core.performAsync refuses to begin after a shutdown, and with a signal that is aborted', async () => {
    const core = new Core<TestMessage>();
    const { told } = listen(core);
    const reason = new Error('enough');
    expect(() => core.performAsync({ type: 'Restart' }, { signal: AbortSignal.abort(reason) })).toThrow(reason);
    await core.shutdown();
    expect(() => core.performAsync({ type: 'Restart' })).toThrow('Cannot perform "Restart": the bus is shut down');
    expect(told).toEqual([]);
  });

  it('TaskContext.progress refuses what is no share, and fails the task', async () => {
    const core = new Core<TestMessage>();
    for (const share of [-0.1, 1.1, Number.NaN, '1' as unknown as number]) {
      using registered = core.registerTask('Pack', (_, { progress }) => {
        progress(share);
        return '';
      });
      expect(registered).toBeDefined();
      await expect(core.perform({ type: 'Pack', name: 'a' })).rejects.toThrow('progress must be a number from 0 to 1');
    }
  });
});

describe('Ugly', () => {
  it('Core.performAsync ends once, with the reason, whether its handler hears of the abort or not', async () => {
    const core = new Core<TestMessage>();
    const { told, completed } = listen(core);
    const controller = new AbortController();
    const reason = new Error('enough');
    let late: () => void = () => undefined;
    core.registerTask('Pack', (_, { progress, signal }) => {
      return new Promise((resolve) => {
        late = () => {
          progress(1);
          resolve(String(signal.aborted));
        };
      });
    });
    core.performAsync({ type: 'Pack', name: 'a' }, { signal: controller.signal });
    await Promise.resolve();
    controller.abort(reason);
    expect(await completed()).toMatchObject({ type: 'ActionTaskCompleted', error: reason });
    late();
    await new Promise(setImmediate);
    expect(told.map(({ type }) => type)).toEqual(['ActionTaskStarted', 'ActionTaskCompleted']);
  });

  it('Core.performAsync that is aborted before it began begins and ends all the same', async () => {
    const core = new Core<TestMessage>();
    const { told, completed } = listen(core);
    let calls = 0;
    core.registerTask(() => (calls += 1));
    const controller = new AbortController();
    core.performAsync({ type: 'Restart' }, { signal: controller.signal });
    controller.abort('at once');
    expect(await completed()).toMatchObject({ error: 'at once' });
    expect([told.map(({ type }) => type), calls]).toEqual([['ActionTaskStarted', 'ActionTaskCompleted'], 0]);
  });

  it('Core.shutdown aborts what performAsync has begun', async () => {
    const core = new Core<TestMessage>();
    const { completed } = listen(core);
    const end = completed();
    let begun: () => void = () => undefined;
    const running = new Promise<void>((resolve) => (begun = resolve));
    core.registerTask('Pack', (_, { signal }) => {
      begun();
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    });
    core.performAsync({ type: 'Pack', name: 'a' });
    await running;
    await core.shutdown();
    expect(await end).toMatchObject({ type: 'ActionTaskCompleted', error: { code: 'ERR_CORE_CLOSED' } });
  });
});
