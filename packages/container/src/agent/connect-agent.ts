import { type CancelOptions, onAbort } from '@core/io';

import type { ContainerError } from '../errors.ts';
import { connectUnix } from '../qmp/unix-socket.ts';
import { AgentConnection, type AgentHello } from './agent-connection.ts';
import { agentError, type AgentSubject } from './agent-error.ts';
import { HEADER_SIZE, MAX_PAYLOAD } from './frame.ts';

const AGAIN_MS = 250;
const PROTOCOL = 1;

/** How an agent is reached. */
export interface ConnectAgentOptions extends CancelOptions {
  /** How long the agent has to answer. */
  readonly timeoutMs: number;
}

/**
 * A connection to an agent that has answered.
 *
 * @throws `ERR_CONTAINER_AGENT_UNAVAILABLE`; the reason of the signal.
 */
export async function connectAgent(
  subject: AgentSubject,
  { timeoutMs, signal }: ConnectAgentOptions,
): Promise<{ readonly connection: AgentConnection; readonly hello: AgentHello }> {
  signal?.throwIfAborted();
  const deadline = AbortSignal.timeout(timeoutMs);
  const socket = await connectUnix(subject.path, {
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
  }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    if (deadline.aborted) throw agentSilent(subject, timeoutMs);
    throw unavailable(subject, 'nothing listens at its socket', cause);
  });
  const connection = new AgentConnection(socket);
  const hello = await firstHello(connection, signal, deadline);
  if (hello?.protocol === PROTOCOL) return { connection, hello };
  const lost = connection.lostBecause;
  connection.lose('it is of no use');
  signal?.throwIfAborted();
  if (hello !== undefined) throw unavailable(subject, `it speaks version ${String(hello.protocol)} of the protocol`);
  throw lost === undefined ? agentSilent(subject, timeoutMs) : unavailable(subject, lost);
}

/** The answer to a hello, which is said again until there is one; `undefined` where none comes in time. */
function firstHello(
  connection: AgentConnection,
  ...ends: readonly (AbortSignal | undefined)[]
): Promise<AgentHello | undefined> {
  return new Promise((resolve) => {
    const done = (hello: AgentHello | undefined): void => {
      clearInterval(again);
      for (const forget of forgets) forget();
      resolve(hello);
    };
    const again = setInterval(() => {
      connection.greet(done, HEADER_SIZE + MAX_PAYLOAD);
    }, AGAIN_MS);
    const forgets = ends.map((end) =>
      onAbort(end, () => {
        done(undefined);
      }),
    );
    if (ends.some((end) => end?.aborted === true)) done(undefined);
    else connection.greet(done, 0);
  });
}

/** That no agent has answered in the time that it had. */
export function agentSilent(subject: AgentSubject, timeoutMs: number): ContainerError {
  return unavailable(subject, `none has answered within ${String(timeoutMs)} ms`);
}

function unavailable(subject: AgentSubject, why: string, cause?: unknown): ContainerError {
  return agentError(subject, {
    ...{ code: 'ERR_CONTAINER_AGENT_UNAVAILABLE', what: 'reach the agent', why, cause },
    hint: 'Run core-agent in the guest, or use SSH: `via: "ssh"`.',
  });
}
