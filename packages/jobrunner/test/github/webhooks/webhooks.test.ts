import { connect } from 'node:net';
import { once } from 'node:events';

import { describe, expect, it } from '@jest/globals';
import { sign } from '@octokit/webhooks-methods';

import { Deliveries } from '../../../src/github/webhooks/deliveries.ts';
import { webhookHandler } from '../../../src/github/webhooks/webhook-handler.ts';
import { WebhookListener, type WebhookListenerOptions } from '../../../src/github/webhooks/webhook-listener.ts';
import { poll, withGitHub } from '../support/with-github.ts';

const SECRET = 'a-very-long-secret';
const BODY = JSON.stringify({ action: 'opened', repository: { full_name: 'host-uk/core' } });

async function listening(
  test: (post: (init: RequestInit) => Promise<number>, woken: string[], listener: WebhookListener) => Promise<void>,
  options: Partial<WebhookListenerOptions> = {},
): Promise<void> {
  const woken: string[] = [];
  const listener = new WebhookListener({ secret: SECRET, onWake: (repo) => woken.push(repo), ...options });
  await listener.start();
  try {
    await test(async (init) => (await fetch(listener.url, { method: 'POST', ...init })).status, woken, listener);
  } finally {
    await listener.close();
  }
}

async function delivery(body: string = BODY, id: string = 'd-1', secret: string = SECRET): Promise<RequestInit> {
  const headers = { 'x-github-delivery': id, 'x-hub-signature-256': await sign(secret, body) };
  return { body, headers };
}

describe('Good', () => {
  it('WebhookListener wakes the repository of a genuine delivery', async () => {
    await listening(async (post, woken) => {
      expect(await post(await delivery())).toBe(202);
      expect(await post(await delivery('{"zen":"Keep it."}', 'd-2'))).toBe(202); // concerns no repository
      expect(woken).toEqual(['host-uk/core']);
    });
  });

  it('WebhookListener takes either of two secrets', async () => {
    await listening(
      async (post, woken) => {
        expect(await post(await delivery(BODY, 'd-1', 'the-new-secret'))).toBe(202);
        expect(await post(await delivery(`${BODY} `, 'd-2', 'the-old-secret'))).toBe(202);
        expect(await post(await delivery(`${BODY}  `, 'd-3', 'another-secret'))).toBe(401);
        expect(woken).toHaveLength(2);
      },
      { secret: ['the-new-secret', 'the-old-secret'] },
    );
  });

  it('WebhookListener takes deliveries as forms, which is what GitHub sends unless it is told otherwise', async () => {
    const type = 'application/x-www-form-urlencoded; charset=utf-8';
    const payload = `payload=${encodeURIComponent(BODY)}`;
    await listening(async (post, woken) => {
      const send = async (form: string, id: string, sent: string = form): Promise<number> => {
        const headers = { 'x-github-delivery': id, 'x-hub-signature-256': await sign(SECRET, form) };
        return post({ body: sent, headers: { ...headers, 'content-type': type } });
      };
      expect(await send(payload, 'd-1')).toBe(202);
      expect(await send(payload, 'd-2')).toBe(409);
      expect(await send('other=1', 'd-3')).toBe(400);
      expect(await send(payload, 'd-4', `${payload}+`)).toBe(401);
      expect(woken).toEqual(['host-uk/core']);
    });
  });

  it('WebhookListener takes what a GitHub sends, and the next poll shows what has changed', async () => {
    await withGitHub(async (bench) => {
      const { github, repo } = bench;
      const source = bench.source();
      const child = repo.issue();
      repo.epic({ children: [child] });
      await poll(source);
      await listening(
        async (_post, _woken, listener) => {
          github.hook('host-uk/core', { url: listener.url, secret: SECRET });
          const pull = repo.pull({ closes: [child] });
          await github.delivered();
          const sent = github.deliveries.map(({ event, status }) => `${event} ${String(status)}`);
          expect(sent).toEqual(['ping 202', 'pull_request 202']);
          const [, opened] = github.deliveries;
          if (opened !== undefined) await github.redeliver(opened);
          expect(github.deliveries.at(-1)?.status).toBe(409);
          const [signal] = await poll(source);
          expect(signal?.prNumber).toBe(pull.number);
        },
        { onWake: (name) => source.refresh(name) },
      );
    });
  });

  it('WebhookListener.close frees the port, and may be called before start and twice', async () => {
    const listener = new WebhookListener({ secret: SECRET, onWake: () => undefined, host: '::1' });
    expect(listener.url).toBe('http://[::1]:0/');
    await listener.close();
    await listener.close();
    await listening(async (_post, _woken, first) => {
      const { port } = new URL(first.url);
      const second = new WebhookListener({ secret: SECRET, onWake: () => undefined, port: Number(port) });
      await expect(second.start()).rejects.toMatchObject({ code: 'ERR_GITHUB_LISTEN_FAILED' });
      await first.start();
    });
  });
});

describe('Bad', () => {
  it('webhookHandler refuses options that are none', () => {
    const onWake = (): void => undefined;
    for (const options of [{}, { secret: 'short' }, { secret: [] }, { secret: [SECRET, ''] }, { onWake: 1 }]) {
      expect(() => webhookHandler({ secret: 'x', onWake, ...options } as never)).toThrow(TypeError);
    }
    for (const options of [{ maxBodyBytes: 0 }, { rememberedDeliveries: 0 }, { port: 70_000 }]) {
      expect(() => new WebhookListener({ secret: SECRET, onWake, ...options })).toThrow(RangeError);
    }
    expect(() => new WebhookListener({ secret: SECRET, onWake, host: '' })).toThrow(TypeError);
  });

  it('WebhookListener refuses forged, unsigned, malformed and empty deliveries, and other requests', async () => {
    await listening(async (post, woken) => {
      const genuine = await delivery();
      const headers = genuine.headers as Record<string, string>;
      expect(await post({ ...genuine, body: BODY.replace('core', 'shop') })).toBe(401);
      expect(await post(await delivery(BODY, 'd-1', 'not-the-secret'))).toBe(401);
      for (const signature of ['', 'sha256=', `sha1=${'0'.repeat(40)}`, `sha256=${'0'.repeat(64)}`, 'é']) {
        expect(await post({ body: BODY, headers: { ...headers, 'x-hub-signature-256': encodeURI(signature) } })).toBe(
          401,
        );
      }
      expect(await post({ body: BODY })).toBe(401);
      expect(await post({ headers })).toBe(401);
      expect(await post(await delivery('{"repository":', 'd-2'))).toBe(400);
      expect(await post(await delivery('[', 'd-3'))).toBe(400);
      expect(await post(await delivery('7', 'd-4'))).toBe(400);
      expect(await post(await delivery(BODY, 'x'.repeat(101)))).toBe(400);
      expect(await post({ ...genuine, method: 'PUT' })).toBe(405);
      expect(await post({ method: 'GET' })).toBe(405);
      const odd = JSON.stringify({ repository: { full_name: '../../etc' } });
      expect(await post(await delivery(odd, 'd-5'))).toBe(202);
      expect(woken).toEqual([]);
    });
  });

  it('WebhookListener refuses what is too long', async () => {
    await listening(
      async (post, woken) => {
        expect(await post(await delivery(`${BODY}${' '.repeat(1_000)}`))).toBe(413);
        expect(await post(await delivery())).toBe(202);
        expect(woken).toHaveLength(1);
      },
      { maxBodyBytes: 500 },
    );
  });
});

describe('Ugly', () => {
  it('WebhookListener takes no delivery twice: not by its id, and not by a new id', async () => {
    await listening(async (post, woken) => {
      expect(await post(await delivery())).toBe(202);
      expect(await post(await delivery())).toBe(409);
      expect(await post(await delivery(BODY, 'd-2'))).toBe(409);
      expect(await post(await delivery(`${BODY} `, 'D-1'))).toBe(409);
      expect(woken).toEqual(['host-uk/core']);
    });
  });

  it('Deliveries forgets the oldest', () => {
    const deliveries = new Deliveries(2);
    const tell = (id: string): boolean => deliveries.isNew(id, `signature of ${id}`);
    expect(['a', 'b', 'c', 'b', 'a'].map(tell)).toEqual([true, true, true, false, true]);
  });

  it('WebhookListener lives on where a sender goes away, and where onWake throws', async () => {
    const onWake = (): never => {
      throw new Error('not now');
    };
    await listening(
      async (post, _woken, listener) => {
        const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf of it');
        socket.resetAndDestroy();
        expect(await post(await delivery())).toBe(202);
      },
      { onWake },
    );
  });
});
