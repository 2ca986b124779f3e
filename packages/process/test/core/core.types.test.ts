import { describe, expect, it } from '@jest/globals';

import { Core, type CoreMessage, type Query, type Task } from '../../src/core/index.ts';
import type { Service } from '../../src/service.ts';

interface OrderPlaced {
  readonly type: 'OrderPlaced';
  readonly id: string;
  readonly cents: number;
}
interface FindTotal extends Query<number> {
  readonly type: 'FindTotal';
  readonly year: number;
}
interface SendMail extends Task<{ readonly sentTo: string }> {
  readonly type: 'SendMail';
  readonly to: string;
}
interface Restart extends Task {
  readonly type: 'Restart';
}
type ShopMessage = OrderPlaced | FindTotal | SendMail | Restart;

/** Whether each of the two can be taken for the other. */
type Same<A, B> = [A, B] extends [B, A] ? true : false;
function same<A, B>(isSame: Same<A, B>): void {
  expect(isSame).toBe(true);
}

describe('Good', () => {
  it('Core.registerAction infers the message from its type', async () => {
    const core = new Core<ShopMessage>();
    const told: unknown[] = [];
    core.registerAction('OrderPlaced', (message) => {
      same<typeof message, OrderPlaced>(true);
      told.push(message.cents);
    });
    core.registerAction('ActionProcessExited', ({ exitCode }) => {
      same<typeof exitCode, number | undefined>(true);
      told.push(exitCode);
    });
    core.registerAction((message) => {
      same<typeof message, CoreMessage | OrderPlaced>(true);
      if (message.type === 'OrderPlaced') told.push(message.id);
    });
    await core.action({ type: 'OrderPlaced', id: 'a', cents: 1 });
    await core.action({ type: 'ActionProcessExited', id: 'proc-1', exitCode: 3, durationMs: 1 });
    expect(told).toEqual([1, 'a', 3]);
  });

  it('Core.query and Core.perform infer what comes back', async () => {
    const core = new Core<ShopMessage>();
    core.registerQuery('FindTotal', ({ year }) => year * 2);
    core.registerTask('SendMail', ({ to }) => Promise.resolve({ sentTo: to }));
    core.registerTask('Restart', () => undefined);
    const total = await core.query({ type: 'FindTotal', year: 21 });
    same<typeof total, number | undefined>(true);
    const totals = await core.queryAll({ type: 'FindTotal', year: 21 });
    same<typeof totals, number[]>(true);
    const mail = await core.perform({ type: 'SendMail', to: 'ada' });
    same<typeof mail, { readonly sentTo: string }>(true);
    const restarted = core.perform({ type: 'Restart' });
    same<typeof restarted, Promise<void>>(true);
    await restarted;
    expect([total, totals, mail]).toEqual([42, [42], { sentTo: 'ada' }]);
  });

  it('Core.messages infers the messages from the type', async () => {
    const core = new Core<ShopMessage>();
    const placed = core.messages({ type: 'OrderPlaced' });
    const all = core.messages();
    core.broadcast({ type: 'OrderPlaced', id: 'a', cents: 7 });
    await core.shutdown();
    for await (const message of placed) {
      same<typeof message, OrderPlaced>(true);
      expect(message.cents).toBe(7);
    }
    for await (const message of all) {
      same<typeof message, CoreMessage | OrderPlaced>(true);
      expect(message.type).toBe('OrderPlaced');
    }
  });

  it('Core.serviceFor infers the service from its class', () => {
    class Mail {
      readonly host = 'localhost';
    }
    const core = new Core({ services: { mail: new Mail() } });
    const mail = core.serviceFor('mail', Mail);
    same<typeof mail, Mail>(true);
    expect(mail.host).toBe('localhost');
  });

  it('Core of more messages can be given to who wants to broadcast and hear fewer', async () => {
    const told: number[] = [];
    const count = (core: Pick<Core<OrderPlaced>, 'action' | 'registerAction'>): Promise<void> => {
      core.registerAction('OrderPlaced', ({ cents }) => told.push(cents));
      return core.action({ type: 'OrderPlaced', id: 'a', cents: 5 });
    };
    await count(new Core<ShopMessage>());
    expect(told).toEqual([5]);
  });
});

describe('Bad', () => {
  it('Core refuses, before the program runs, what is no message of it', () => {
    const core = new Core<ShopMessage>();
    const wrong = [
      // @ts-expect-error -- there is no such type
      (): unknown => core.registerAction('OrderPlacde', () => undefined),
      // @ts-expect-error -- it is asked, not broadcast
      (): unknown => core.registerAction('FindTotal', () => undefined),
      // @ts-expect-error -- a field is missing
      (): unknown => core.action({ type: 'OrderPlaced', id: 'a' }),
      // @ts-expect-error -- a field is of the wrong type
      (): unknown => core.action({ type: 'OrderPlaced', id: 'a', cents: '1' }),
      // @ts-expect-error -- there is no such field
      (): unknown => core.registerAction('OrderPlaced', ({ euros }: { readonly euros: number }) => euros),
      // @ts-expect-error -- it is broadcast, not asked
      (): unknown => core.query({ type: 'OrderPlaced', id: 'a', cents: 1 }),
      // @ts-expect-error -- the answer is a number
      (): unknown => core.registerQuery('FindTotal', () => 'much'),
      // @ts-expect-error -- the result has a field
      (): unknown => core.registerTask('SendMail', () => ({})),
      // @ts-expect-error -- a field is missing
      (): unknown => core.performAsync({ type: 'SendMail' }),
      // @ts-expect-error -- there is no such type
      (): unknown => core.messages({ type: 'Nothing' }),
      // @ts-expect-error -- a plain bus has no messages but this package's own
      (): unknown => new Core().action({ type: 'OrderPlaced', id: 'a', cents: 1 }),
    ];
    expect(wrong).toHaveLength(11);
  });
});

describe('Ugly', () => {
  it('Core is what every service takes, whatever its messages', () => {
    type Wanted = Exclude<NonNullable<ConstructorParameters<typeof Service>[0]>['core'], undefined>;
    const shop: Wanted = new Core<ShopMessage>();
    const plain: Wanted = new Core();
    expect([shop, plain]).toHaveLength(2);
  });
});
