import type { ActionResult } from '../../../src/action-result.ts';
import type { JobHandler } from '../../../src/job-handler.ts';
import type { JobSource } from '../../../src/job-source.ts';
import type { PipelineSignal } from '../../../src/pipeline-signal.ts';
import type { OpenHandler } from '../../../src/testing/handler-conformance.ts';
import type { OpenSource } from '../../../src/testing/source-conformance.ts';
import { done, draft, Gate } from '../../poller/support/fixtures.ts';

const TOKEN = 'toy-token-of-the-test';

/** A server with one pull request. */
export class ToyServer {
  pull: PipelineSignal = draft();
  isBroken = false;
  hanging: Gate | undefined;

  /** One request. */
  async ask(signal: AbortSignal): Promise<PipelineSignal> {
    signal.throwIfAborted();
    if (this.isBroken) throw new Error('502');
    if (this.hanging !== undefined) await Promise.race([this.hanging.pass(), aborted(signal)]);
    return this.pull;
  }

  /** What both kinds of subject have in common. */
  strings(): Pick<OpenSource, 'asked' | 'hang' | 'secret' | 'setBroken'> {
    return {
      secret: TOKEN,
      setBroken: (isBroken) => {
        this.isBroken = isBroken;
        return Promise.resolve();
      },
      hang: () => {
        this.hanging = new Gate();
        return Promise.resolve();
      },
      asked: () => this.hanging?.reached ?? Promise.reject(new Error('it does not hang')),
    };
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}

export class ToySource implements JobSource {
  readonly name: string = 'toy';
  readonly server: ToyServer;

  constructor(server: ToyServer) {
    this.server = server;
  }

  async poll({ signal }: { readonly signal: AbortSignal }): Promise<PipelineSignal[]> {
    return [{ ...(await this.server.ask(signal)) }];
  }

  async report(_: ActionResult, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    await this.server.ask(signal);
  }
}

/** Publishes the draft. */
export class ToyHandler implements JobHandler {
  readonly name: string = 'toy';
  readonly server: ToyServer;
  comments = 0;

  constructor(server: ToyServer) {
    this.server = server;
  }

  match({ isDraft, prState }: PipelineSignal): boolean {
    return isDraft && prState === 'OPEN';
  }

  async execute(pipelineSignal: PipelineSignal, { signal }: { readonly signal: AbortSignal }): Promise<ActionResult> {
    const now = await this.server.ask(signal);
    if (this.match(now)) this.server.pull = { ...now, isDraft: false };
    return done(pipelineSignal);
  }
}

/** What a suite is given. */
export function openSource(make: (server: ToyServer) => JobSource): () => Promise<OpenSource> {
  return () => {
    const server = new ToyServer();
    const change = (): Promise<void> => {
      server.pull = { ...server.pull, isDraft: !server.pull.isDraft };
      return Promise.resolve();
    };
    return Promise.resolve({ source: make(server), change, ...server.strings(), [Symbol.asyncDispose]: nothing });
  };
}

/** What a suite is given. */
export function openHandler(make: (server: ToyServer) => JobHandler): () => Promise<OpenHandler> {
  return () => {
    const server = new ToyServer();
    const handler = make(server);
    const overtake = (): Promise<void> => {
      server.pull = { ...server.pull, prState: 'CLOSED' };
      return Promise.resolve();
    };
    const state = (): unknown => ({ ...server.pull, comments: (handler as Partial<ToyHandler>).comments });
    const others = [draft({ isDraft: false }), draft({ prState: 'MERGED' })];
    const given = { handler, matching: draft(), others, state, overtake, ...server.strings() };
    return Promise.resolve({ ...given, [Symbol.asyncDispose]: nothing });
  };
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

export { TOKEN };
