import { conditional, errorAnswer, type HttpAnswer, jsonAnswer } from './answer.ts';
import type { AppRegistry } from './app-auth.ts';
import type { Exchange } from './exchange.ts';
import { primaryLimitAnswer, secondaryLimitAnswer } from './fault-answers.ts';
import type { FakeFault } from './faults.ts';
import type { World } from './model/world.ts';
import { type FakeRateLimitResource, rateLimitHeaders, type RateLimits } from './rate-limits.ts';
import { answerRest } from './rest/rest-api.ts';
import type { SecondaryLimits } from './secondary-limits.ts';
import { NOBODY, type Viewer } from './viewer.ts';
import type { Webhooks } from './webhooks.ts';

/** What both APIs are made of. */
export interface ApiParts {
  readonly world: World;
  readonly rateLimits: RateLimits;
  readonly secondary: SecondaryLimits;
  readonly apps: AppRegistry;
  readonly webhooks: Webhooks;
  /** Whose a token is. */
  loginOf(token: string): string | undefined;
}

/** Data that is to be incomplete. */
type Partially = Extract<FakeFault, { kind: 'partial' }>;

/** Both APIs without HTTP: who asks, whether they may, the answer, and what it costs. */
export class GitHubApi {
  readonly #parts: ApiParts;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  /** Who a request is from; `undefined` for bad credentials. */
  viewerOf(authorization: string | undefined): Viewer | undefined {
    if (authorization === undefined) return NOBODY;
    const token = authorization.replace(/^(?:token|bearer)\s+/i, '');
    const app = this.#parts.apps.viewerOf(token);
    if (app !== undefined) return app === NOBODY ? undefined : app;
    const login = this.#parts.loginOf(token);
    return login === undefined ? undefined : { auth: 'token', login };
  }

  /** Answers a request where nothing goes wrong; `url` is the address of the API. */
  answer(exchange: Exchange, url: string, partial?: Partially): HttpAnswer {
    const refused = this.#gate(exchange);
    if (refused !== undefined) return refused;
    const answer = exchange.path === '/graphql' ? this.#graphql(exchange, partial) : this.#rest(exchange, url);
    this.#parts.rateLimits.spend(exchange.viewer?.login, resourceOf(exchange.path), answer.cost);
    return answer;
  }

  /** Answers that the points of the hour are used up, which they are from now on. */
  exhaust({ viewer, path }: Exchange, resetInSeconds: number): HttpAnswer {
    const resource = resourceOf(path);
    this.#parts.rateLimits.exhaust(viewer?.login, resource, resetInSeconds);
    return primaryLimitAnswer(resource === 'graphql', viewer?.login);
  }

  /** The headers that tell what is left. */
  budgetHeaders({ viewer, path }: Exchange): Record<string, string> {
    return rateLimitHeaders(this.#parts.rateLimits.state(viewer?.login, resourceOf(path)));
  }

  /** What is refused before anybody looks at what is asked. */
  #gate({ viewer, path, isWrite, isJson, hasUserAgent }: Exchange): HttpAnswer | undefined {
    const isGraphql = path === '/graphql';
    if (!hasUserAgent) return errorAnswer(403, NO_USER_AGENT);
    if (viewer === undefined) return errorAnswer(401, 'Bad credentials');
    if (isGraphql && viewer.login === undefined) {
      return errorAnswer(401, 'This endpoint requires you to be authenticated.');
    }
    const retryAfter = this.#parts.secondary.check(isGraphql, isWrite);
    if (retryAfter !== undefined) return secondaryLimitAnswer(403, retryAfter);
    const { remaining } = this.#parts.rateLimits.state(viewer.login, resourceOf(path));
    if (remaining === 0 && path !== '/rate_limit') return primaryLimitAnswer(isGraphql, viewer.login);
    return isJson ? undefined : errorAnswer(400, 'Problems parsing JSON');
  }

  #rest({ method, path, query, json, viewer = NOBODY, ifNoneMatch }: Exchange, api: string): HttpAnswer {
    const { world, apps, webhooks, rateLimits } = this.#parts;
    const parts = { world, apps, webhooks, rateLimits };
    const answer = answerRest({ ...parts, method, path, query, json, viewer, api });
    const cost = path === '/rate_limit' ? 0 : 1;
    const plain = { ...jsonAnswer(answer.status, answer.body, answer.headers), cost };
    return method === 'GET' || method === 'HEAD' ? conditional(plain, ifNoneMatch) : plain;
  }

  #graphql({ graphql, viewer = NOBODY }: Exchange, partial: Partially | undefined): HttpAnswer {
    if (graphql === undefined) return errorAnswer(404, 'Not Found');
    const { world, rateLimits } = this.#parts;
    const budget = rateLimits.state(viewer.login, 'graphql');
    const result = graphql.execute({ world, viewer, budget, partial });
    return { ...jsonAnswer(200, result), cost: graphql.operation?.cost ?? 1 };
  }
}

const NO_USER_AGENT =
  'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.';

function resourceOf(path: string): FakeRateLimitResource {
  return path === '/graphql' ? 'graphql' : 'core';
}
