/** Something that happened in the machine, as QEMU tells it: `SHUTDOWN`, `STOP`, `BLOCK_IO_ERROR`. */
export interface QmpEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** By the host's clock. */
  readonly at: Date;
}

/** The answer to one command. */
export interface QmpReply {
  readonly id: number;
  readonly value?: unknown;
  /** Where it was refused: QEMU's class and words. */
  readonly error?: { readonly class: string; readonly desc: string };
}

/** One line that QEMU sent. */
export type QmpMessage =
  | { readonly kind: 'greeting'; readonly version: string }
  | { readonly kind: 'event'; readonly event: QmpEvent }
  | { readonly kind: 'reply'; readonly reply: QmpReply };

/** A line that is no message of QMP. */
class QmpFault extends Error {}

const SHOWN = 200;

/**
 * Reads one line of the QEMU Machine Protocol, https://www.qemu.org/docs/master/interop/qmp-spec.html
 *
 * @throws `QmpFault` for anything else.
 */
export function parseQmpMessage(line: string): QmpMessage {
  const message = objectOf(line);
  if (isObject(message['QMP'])) return { kind: 'greeting', version: versionOf(message['QMP']) };
  const event = qmpEventOf(message);
  if (event !== undefined) return { kind: 'event', event };
  const { id, error, return: value } = message;
  if (isObject(error) && (id === undefined || typeof id === 'number')) {
    // a command that QEMU could not even read has no id in its answer
    const words = { class: String(error['class']), desc: String(error['desc']) };
    return { kind: 'reply', reply: { id: id ?? -1, error: words } };
  }
  if (typeof id === 'number' && 'return' in message) return { kind: 'reply', reply: { id, value } };
  throw new QmpFault(`it is neither a greeting, an event nor a reply: ${line.slice(0, SHOWN)}`);
}

/** The event that an object of a QMP stream is, if it is one. */
export function qmpEventOf(message: Readonly<Record<string, unknown>>): QmpEvent | undefined {
  const { event, data, timestamp } = message;
  if (typeof event !== 'string') return undefined;
  const { seconds, microseconds } = isObject(timestamp) ? timestamp : {};
  const at = new Date(Number(seconds ?? 0) * 1000 + Number(microseconds ?? 0) / 1000);
  return { event, data: isObject(data) ? data : {}, at };
}

/** Whether it is an object of JSON. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const message: unknown = JSON.parse(line);
    if (isObject(message)) return message;
  } catch {
    // told below
  }
  throw new QmpFault(`it is no JSON object: ${line.slice(0, SHOWN)}`);
}

function versionOf(greeting: Readonly<Record<string, unknown>>): string {
  const { version } = greeting;
  const qemu = isObject(version) && isObject(version['qemu']) ? version['qemu'] : {};
  return [qemu['major'], qemu['minor'], qemu['micro']].map(String).join('.');
}
