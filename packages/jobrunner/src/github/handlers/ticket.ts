import { withoutSecrets } from '../../safe-text.ts';

/** What an agent is told of a child that it is to write the code for. Its JSON has these keys. */
export interface Ticket {
  /** Version of this form. */
  readonly v: 1;
  /** `owner/name#212`: the same for the same child. */
  readonly id: string;
  readonly repo: string;
  readonly epic: number;
  readonly child: number;
  /** Login that the child is assigned to. */
  readonly agent: string;
  readonly title: string;
  readonly body: string;
}

/** The file of a ticket: a line of JSON, without whatever in its texts looks like a secret. */
export function encodeTicket(ticket: Ticket): string {
  const { title, body } = ticket;
  return `${JSON.stringify({ ...ticket, title: withoutSecrets(title), body: withoutSecrets(body) })}\n`;
}

/** Name of a ticket's file: owners have no dots, and GitHub's names no case. */
export function ticketName({ repo, child }: Pick<Ticket, 'child' | 'repo'>): string {
  return `${repo.replace('/', '.').toLowerCase()}.${String(child)}.json`;
}
