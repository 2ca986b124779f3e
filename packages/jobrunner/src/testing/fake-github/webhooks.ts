import { createHmac, randomUUID } from 'node:crypto';

import type { FakeRepository } from './model/repository.ts';
import type { World, WorldEvent } from './model/world.ts';
import { eventPayload, pingPayload } from './rest/event-payload.ts';

/** Where a webhook goes. */
export interface FakeHookInput {
  readonly url: string;
  readonly secret?: string | undefined;
  /** Names of events, or `*`; `push` alone is GitHub's default, all are this fake's. */
  readonly events?: readonly string[] | undefined;
  readonly active?: boolean | undefined;
}

/** A webhook of a repository. */
export interface FakeHook {
  readonly url: string;
  /** Empty where deliveries are not signed. */
  readonly secret: string;
  readonly events: readonly string[];
  readonly active: boolean;
  readonly id: number;
  readonly repo: FakeRepository;
  readonly createdAt: Date;
}

/** One delivery of a webhook. */
export interface FakeDelivery {
  /** `X-GitHub-Delivery` */
  readonly id: string;
  readonly event: string;
  readonly action: string | undefined;
  /** The bytes that were signed. */
  readonly body: string;
  readonly hook: FakeHook;
  /** What the receiver answered; `undefined` where there was no answer yet, or none at all. */
  readonly status: number | undefined;
}

/** Sends what happens to whoever wants to know. */
export class Webhooks {
  readonly #world: World;
  readonly #underWay = new Set<Promise<void>>();
  readonly #closed = new AbortController();
  #hooks: readonly FakeHook[] = [];
  readonly #deliveries: FakeDelivery[] = [];

  constructor(world: World) {
    this.#world = world;
    world.onEvent((event) => {
      this.#happened(event);
    });
  }

  get deliveries(): readonly FakeDelivery[] {
    return this.#deliveries;
  }

  add(repo: FakeRepository, { url, secret = '', events = ['*'], active = true }: FakeHookInput): FakeHook {
    const made: { repo: FakeRepository } = { repo };
    const { databaseId: id } = this.#world.identify('H', made);
    const hook = Object.assign(made, { id, url, secret, events, active, createdAt: this.#world.now() });
    this.#hooks = [...this.#hooks, hook];
    if (active) this.#ping(hook);
    return hook;
  }

  /** The webhooks of a repository. */
  of(repo: FakeRepository): readonly FakeHook[] {
    return this.#hooks.filter((hook) => hook.repo === repo);
  }

  remove(hook: FakeHook): void {
    this.#hooks = this.#hooks.filter((other) => other !== hook);
  }

  async redeliver(delivery: FakeDelivery): Promise<void> {
    await this.#send({ ...delivery, status: undefined });
  }

  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.idle();
  }

  /** The first delivery of a webhook says no more than that it is there. */
  #ping(hook: FakeHook): void {
    const body = JSON.stringify({ zen: 'Keep it logically awesome.', ...pingPayload(hook) });
    void this.#send({ id: randomUUID(), event: 'ping', action: undefined, body, hook, status: undefined });
  }

  #happened(happened: WorldEvent): void {
    const hooks = this.of(happened.repo).filter(
      ({ active, events }) => active && (events.includes('*') || events.includes(happened.event)),
    );
    if (hooks.length === 0) return;
    const body = JSON.stringify(eventPayload(happened));
    const { event, action } = happened;
    for (const hook of hooks) void this.#send({ id: randomUUID(), event, action, body, hook, status: undefined });
  }

  #send(delivery: FakeDelivery): Promise<void> {
    const sending = this.#deliver(delivery).finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
    return sending;
  }

  async #deliver(delivery: FakeDelivery): Promise<void> {
    const at = this.#deliveries.push(delivery) - 1;
    const status = await this.#post(delivery);
    this.#deliveries[at] = { ...delivery, status };
  }

  /** @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
  async #post({ id, event, body, hook: { id: hookId, url, secret } }: FakeDelivery): Promise<number | undefined> {
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/fake',
      'x-github-event': event,
      'x-github-delivery': id,
      'x-github-hook-id': String(hookId),
      ...(secret === '' ? {} : { 'x-hub-signature-256': signature }),
    };
    try {
      const answer = await fetch(url, { method: 'POST', headers, body, signal: this.#closed.signal });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return undefined; // nobody listens there; the next poll finds it
    }
  }
}
