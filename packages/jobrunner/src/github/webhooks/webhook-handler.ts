import type { IncomingMessage, ServerResponse } from 'node:http';

import { verify } from '@octokit/webhooks-methods';

import { checkNumber } from '../client/check.ts';
import { readBody } from './body.ts';
import { Deliveries } from './deliveries.ts';

/** What a webhook's receiver is made from. */
export interface WebhookOptions {
  /** As it was given to GitHub; several while one is replaced by another. */
  readonly secret: string | readonly string[];
  /** Is called with `owner/name` for each delivery that is genuine and new; what it throws is dropped. */
  readonly onWake: (repo: string) => void;
  /** Longer deliveries are refused; 1,048,576 unless it is given. GitHub sends 25 MiB at most. */
  readonly maxBodyBytes?: number | undefined;
  /** How many deliveries are remembered, so that none counts twice; 10,000 unless it is given. */
  readonly rememberedDeliveries?: number | undefined;
}

/** A handler for the server of `node:http`, or whatever has its requests and responses. */
export type WebhookHandler = (request: IncomingMessage, response: ServerResponse) => void;

const MOST_BYTES = 26_214_400;
const SHORTEST_SECRET = 8;

/**
 * Takes GitHub's webhooks as a wake-up and nothing else: a delivery whose signature is right and that is new calls
 * `onWake` with its repository (JSON or a form, as the webhook is set up), and whatever it says beside that is not believed: the next poll asks GitHub itself.
 *
 * The signature (SHA-256) is compared in constant time. Answers: 202 taken; 401 a wrong signature; 409 a delivery that
 * was taken before; 400, 405, 413 what is no delivery.
 *
 * @throws `TypeError` or `RangeError` for a wrong option.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 *
 * import { Poller } from '@core/jobrunner';
 * import { GitHubSource, webhookHandler } from '@core/jobrunner/github';
 *
 * const source = new GitHubSource({ repos: ['core/site'], auth: 'a-token' });
 * const poller = new Poller({ sources: [source] });
 * const onWake = (repo: string) => poller.wake(source.name, repo);
 * const server = createServer(webhookHandler({ secret: 'a-long-secret', onWake }));
 * assert.equal(server.listening, false);
 * ```
 */
export function webhookHandler(options: WebhookOptions): WebhookHandler {
  const { onWake, maxBodyBytes = 1_048_576, rememberedDeliveries = 10_000 } = options;
  const secrets = secretsOf(options.secret);
  if (typeof onWake !== 'function') throw new TypeError('onWake must be a function');
  checkNumber('maxBodyBytes', maxBodyBytes, 1, MOST_BYTES);
  checkNumber('rememberedDeliveries', rememberedDeliveries, 1, 1_000_000);
  const deliveries = new Deliveries(rememberedDeliveries);
  return (request, response) => {
    receive(request, { secrets, deliveries, onWake, maxBodyBytes }).then(
      (status) => {
        answer(response, status);
      },
      () => response.destroy(), // the sender is gone
    );
  };
}

interface Receiver {
  readonly secrets: readonly string[];
  readonly deliveries: Deliveries;
  readonly onWake: (repo: string) => void;
  readonly maxBodyBytes: number;
}

/** Takes a delivery, and returns the status of the answer. */
async function receive(request: IncomingMessage, receiver: Receiver): Promise<number> {
  if (request.method !== 'POST') {
    request.resume();
    return 405;
  }
  const signature = request.headers['x-hub-signature-256'];
  const id = request.headers['x-github-delivery'];
  const body = await readBody(request, receiver.maxBodyBytes);
  if (body === undefined) return 413;
  if (typeof signature !== 'string' || !(await isGenuine(body, signature, receiver.secrets))) return 401;
  if (typeof id !== 'string' || id === '' || id.length > 100) return 400;
  const repo = repoIn(payloadOf(body, request.headers['content-type']));
  if (repo === null) return 400;
  if (!receiver.deliveries.isNew(id, signature)) return 409;
  if (repo !== undefined) wake(receiver, repo);
  return 202;
}

async function isGenuine(body: string, signature: string, secrets: readonly string[]): Promise<boolean> {
  if (body === '' || signature === '') return false;
  const answers = await Promise.all(secrets.map((secret) => verify(secret, body, signature)));
  return answers.includes(true);
}

/** What is signed is the body; a form has the delivery in one of its fields. */
function payloadOf(body: string, contentType: string = ''): string {
  return /^application\/x-www-form-urlencoded\b/i.test(contentType)
    ? (new URLSearchParams(body).get('payload') ?? '')
    : body;
}

/** The delivery's repository; `undefined` where it concerns none, null where it is no delivery. */
function repoIn(payload: string): string | null | undefined {
  try {
    const delivery = JSON.parse(payload) as { repository?: { full_name?: unknown } } | null;
    if (typeof delivery !== 'object' || delivery === null) return null;
    const name = delivery.repository?.full_name;
    return typeof name === 'string' && /^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(name) ? name : undefined;
  } catch {
    return null;
  }
}

function wake({ onWake }: Receiver, repo: string): void {
  try {
    onWake(repo);
  } catch {
    // the poll comes all the same
  }
}

function answer(response: ServerResponse, status: number): void {
  const isCut = status === 413;
  response.writeHead(status, { 'content-length': 0, ...(isCut ? { connection: 'close' } : {}) });
  response.end();
}

function secretsOf(secret: unknown): string[] {
  const secrets: unknown[] = Array.isArray(secret) ? secret : [secret];
  const isGood = secrets.length > 0 && secrets.every((one) => typeof one === 'string' && one.length >= SHORTEST_SECRET);
  if (isGood) return secrets as string[];
  throw new TypeError(`secret must be a text of ${String(SHORTEST_SECRET)} characters at least, or several of them`);
}
