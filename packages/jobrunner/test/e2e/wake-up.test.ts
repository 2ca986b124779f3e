import { describe, expect, it } from '@jest/globals';

import { publishDraft } from '../../src/github/handlers/publish-draft.ts';
import { WebhookListener } from '../../src/github/webhooks/webhook-listener.ts';
import type { JobrunnerEvent } from '../../src/events.ts';
import { Poller } from '../../src/poller/poller.ts';
import { withGitHub } from '../github/support/with-github.ts';

const SECRET = 'a-very-long-secret';

/** Events, and a way to wait for the next of a type. */
class Heard {
  readonly #waiting = new Map<string, () => void>();

  readonly listen = ({ type }: JobrunnerEvent): void => {
    this.#waiting.get(type)?.();
  };

  next(type: JobrunnerEvent['type']): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(type, resolve));
  }
}

describe('Good', () => {
  it('a webhook wakes a poller that would sleep for an hour, and a forged one does not', async () => {
    await withGitHub(async (bench) => {
      const { github, client, repo } = bench;
      const child = repo.issue();
      repo.epic({ children: [child] });
      const pull = repo.pull({ closes: [child], draft: true, checks: { build: 'failure' } });
      const heard = new Heard();
      const source = bench.source();
      const handlers = [publishDraft(client)];
      const poller = new Poller({ sources: [source], handlers, events: heard.listen, pollIntervalMs: 3_600_000 });
      const onWake = (name: string): void => {
        poller.wake(source.name, name);
      };
      const listener = new WebhookListener({ secret: SECRET, onWake });
      await listener.start();
      github.hook('host-uk/core', { url: listener.url, secret: SECRET, events: ['check_run'] });
      const stop = new AbortController();
      const reason = new Error('enough');
      const polled = heard.next('cycle-finished');
      const running = poller.run({ signal: stop.signal });
      await polled;

      const forged = await fetch(listener.url, { method: 'POST', body: '{"repository":{"full_name":"host-uk/core"}}' });
      expect([forged.status, poller.cycle]).toEqual([401, 1]);
      const done = heard.next('action-finished');
      pull.check('build', 'success'); // no list of issues tells of it
      await done;
      expect(pull.isDraft).toBe(false);

      stop.abort(reason);
      await expect(running).rejects.toBe(reason);
      await github.delivered();
      await listener.close();
    });
  });
});
