import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { verify } from '@octokit/webhooks-methods';

import { type FakeGitHub, fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';
import type { FakeRepository } from '../../../src/testing/fake-github/model/repository.ts';

interface Received {
  readonly event: string;
  readonly id: string;
  readonly signature: string;
  readonly body: string;
}

let github: FakeGitHub;
let repo: FakeRepository;
let receiver: Server;
let url: string;
let received: Received[];

beforeEach(async () => {
  received = [];
  receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const header = (name: string): string => String(request.headers[name]);
      const [event, id] = [header('x-github-event'), header('x-github-delivery')];
      received.push({ event, id, signature: header('x-hub-signature-256'), body });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((receiver.address() as AddressInfo).port)}/hook`;
  github = await fakeGitHub();
  repo = github.repo('host-uk/core');
});

afterEach(async () => {
  await github.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

describe('FakeGitHub.hook', () => {
  describe('Good', () => {
    it('FakeGitHub.hook sends what happens, signed as GitHub signs it', async () => {
      github.hook('host-uk/core', { url, secret: 'hush' });
      repo.issue({ title: 'x', author: 'one' });
      await github.delivered();
      const [ping, first] = received;
      expect([ping?.event, JSON.parse(ping?.body ?? '')]).toMatchObject([
        'ping',
        { hook: { config: { secret: '********' } } },
      ]);
      expect([first?.event, await verify('hush', first?.body ?? '', first?.signature ?? '')]).toEqual(['issues', true]);
      expect(await verify('other', first?.body ?? '', first?.signature ?? '')).toBe(false);
      const payload: unknown = JSON.parse(first?.body ?? '');
      expect(payload).toMatchObject({
        action: 'opened',
        issue: { number: 1, title: 'x' },
        repository: { full_name: 'host-uk/core' },
        sender: { login: 'one' },
      });
      expect(github.deliveries).toMatchObject([
        { event: 'ping' },
        { event: 'issues', action: 'opened', status: 202, id: first?.id },
      ]);
    });

    it('FakeGitHub.hook tells all that happens to a pull request', async () => {
      github.hook('host-uk/core', { url });
      const pull = repo.pull({ draft: true });
      pull.markReady();
      pull.check('build', 'in_progress');
      pull.check('build', 'success');
      pull.status('ci', 'success');
      pull.review({ state: 'APPROVED' });
      const thread = pull.thread();
      thread.resolve();
      pull.comment('x').edit('y');
      pull.push();
      pull.merge();
      await github.delivered();
      const told = github.deliveries.map(({ event, action }) =>
        [event, action].filter((word) => word !== undefined).join('.'),
      );
      expect(told).toEqual([
        'ping',
        'pull_request.opened',
        'pull_request.ready_for_review',
        'check_run.created',
        'check_run.completed',
        'status',
        'pull_request_review.submitted',
        'pull_request_review_thread.resolved',
        'issue_comment.created',
        'issue_comment.edited',
        'pull_request.synchronize',
        'pull_request.closed',
      ]);
    });

    it('FakeGitHub.hook sends only the events that it is told to', async () => {
      github.hook('host-uk/core', { url, events: ['pull_request'] });
      github.hook('host-uk/core', { url, active: false });
      github.hook('host-uk/docs', { url });
      repo.issue();
      repo.pull();
      await github.delivered();
      expect(received.map(({ event, signature }) => [event, signature])).toEqual([
        ['ping', 'undefined'],
        ['ping', 'undefined'],
        ['pull_request', 'undefined'],
      ]);
    });
  });

  describe('Bad', () => {
    it('FakeGitHub.hook lives with a receiver that does not answer', async () => {
      github.hook('host-uk/core', { url: 'http://127.0.0.1:1/' });
      repo.issue();
      await github.delivered();
      expect(github.deliveries).toMatchObject([{ status: undefined }, { status: undefined }]);
    });
  });

  describe('Ugly', () => {
    it('FakeGitHub.redeliver sends the same bytes under the same id', async () => {
      github.hook('host-uk/core', { url, secret: 'hush' });
      repo.issue();
      await github.delivered();
      const [, delivery] = github.deliveries;
      if (delivery === undefined) throw new Error('There was no delivery');
      await github.redeliver(delivery);
      expect(received).toHaveLength(3);
      expect(received[2]).toEqual(received[1]);
    });
  });
});
