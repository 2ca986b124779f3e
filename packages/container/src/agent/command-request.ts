import { MAX_PAYLOAD } from './frame.ts';

/** Numbers of the fields of a request. */
const FIELD = { argument: 1, variable: 2, directory: 3, user: 4, terminal: 5, credit: 6 } as const;

/** How large a terminal is. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** What a guest is asked to run. */
export interface CommandRequest {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly dir?: string | undefined;
  /** The agent's own user unless it is given. */
  readonly user?: string | undefined;
  readonly terminal?: TerminalSize | undefined;
  /** How many bytes of output may be sent before more are asked for. */
  readonly credit: number;
}

/** The payloads of the frames that the request is sent in. */
export function encodeRequest({ command, env = {}, dir, user, terminal, credit }: CommandRequest): Uint8Array[] {
  const fields = command.map((word) => field(FIELD.argument, Buffer.from(word)));
  for (const [name, value] of Object.entries(env)) fields.push(field(FIELD.variable, Buffer.from(`${name}=${value}`)));
  if (dir !== undefined) fields.push(field(FIELD.directory, Buffer.from(dir)));
  if (user !== undefined) fields.push(field(FIELD.user, Buffer.from(user)));
  if (terminal !== undefined) fields.push(field(FIELD.terminal, encodeSize(terminal)));
  const number = Buffer.alloc(4);
  number.writeUInt32BE(credit);
  fields.push(field(FIELD.credit, number));
  const bytes = Buffer.concat(fields);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += MAX_PAYLOAD) parts.push(bytes.subarray(at, at + MAX_PAYLOAD));
  return parts;
}

/** Columns and rows as the protocol has them. */
export function encodeSize({ columns, rows }: TerminalSize): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16BE(columns);
  size.writeUInt16BE(rows, 2);
  return size;
}

function field(tag: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(5 + value.length);
  bytes.writeUInt8(tag);
  bytes.writeUInt32BE(value.length, 1);
  value.copy(bytes, 5);
  return bytes;
}
