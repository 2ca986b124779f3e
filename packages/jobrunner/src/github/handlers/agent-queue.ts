import { isCoreError, type Medium } from '@core/io';
import { Service } from '@core/process';

import type { Work } from './work.ts';
import { encodeTicket, type Ticket, ticketName } from './ticket.ts';

/** Where an agent finds its tickets: a folder. */
export interface FolderQueue {
  readonly medium: Medium;
  readonly dir: string;
}

/** A command that gets each ticket on its stdin. */
export interface CommandQueue {
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  /** Its whole environment beside PATH, HOME, LANG and TMPDIR. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** 60,000 unless it is given. */
  readonly timeoutMs?: number | undefined;
  /** Runs it; one is made for each ticket unless it is given. */
  readonly service?: Service | undefined;
}

/** Where the tickets of an agent go. */
export type AgentQueue = CommandQueue | FolderQueue;

/** What a command has of the environment: no token of the bot is in these. */
const SHARED = ['PATH', 'HOME', 'LANG', 'TMPDIR'];

/** Refuses what is no queue. */
export function checkQueue(argument: string, queue: unknown): void {
  const given = (typeof queue === 'object' && queue !== null ? queue : {}) as Partial<CommandQueue & FolderQueue>;
  const isFolder = typeof given.medium === 'object' && typeof given.dir === 'string';
  const isCommand = typeof given.command === 'string' && given.command !== '';
  if (isFolder === isCommand) throw new TypeError(`${argument} must have a medium and a dir, or a command`);
}

/** Puts a ticket into a queue; in a folder one of the same child that is still there is left as it is. */
export async function enqueue(queue: AgentQueue, ticket: Ticket, work: Work): Promise<void> {
  const content = encodeTicket(ticket);
  const { signal } = work;
  try {
    if ('medium' in queue) await writeTicket(queue, ticketName(ticket), { content, signal });
    else await runCommand(queue, { content, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!isCoreError(error)) throw error;
    const why = [ticket.title, ticket.body].reduce((text, free) => {
      return free.trim() === '' ? text : text.replaceAll(free, '***');
    }, error.message);
    throw work.fail('ERR_DISPATCH_FAILED', why, new Error(why));
  }
}

interface TicketText {
  readonly content: string;
  readonly signal: AbortSignal;
}

/** All of the file or none of it, and only the first. */
async function writeTicket({ medium, dir }: FolderQueue, name: string, { content, signal }: TicketText): Promise<void> {
  try {
    await medium.write(`${dir}/${name}`, content, { exclusive: true, durable: true, signal });
  } catch (error) {
    if (!isCoreError(error) || error.code !== 'EEXIST') throw error;
  }
}

async function runCommand(queue: CommandQueue, { content, signal }: TicketText): Promise<void> {
  const { command, args = [], timeoutMs = 60_000 } = queue;
  const shared = SHARED.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]] as const],
  );
  const env = { ...Object.fromEntries(shared), ...queue.env };
  const own = queue.service === undefined ? new Service() : undefined;
  try {
    const service = queue.service ?? own;
    await service?.run(command, [...args], { env, inheritEnv: false, input: content, timeoutMs, signal });
  } finally {
    await own?.close();
  }
}
