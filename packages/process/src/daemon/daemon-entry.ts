import { isName, isPid } from './arguments.ts';

/** A daemon that runs, as the registry tells of it. */
export interface DaemonEntry {
  /** What it belongs to: a project, a product. */
  readonly code: string;
  /** Its name there. */
  readonly daemon: string;
  readonly pid: number;
  readonly startedAt: Date;
  /** The address of its health server. */
  readonly health?: string | undefined;
  /** The directory that it works for. */
  readonly project?: string | undefined;
  /** The program that it is. */
  readonly binary?: string | undefined;
}

/** An entry with what tells its process from a later one of the same number. */
export interface StoredEntry extends DaemonEntry {
  /** The machine: numbers of another one's processes mean nothing here. */
  readonly host?: string | undefined;
  readonly bootId?: string | undefined;
  readonly startTicks?: number | undefined;
}

/** The file of an entry; its keys are documented and stay as they are. */
export function encodeEntry(entry: StoredEntry): string {
  const { code, daemon, pid, health, project, binary, startedAt, host, bootId, startTicks } = entry;
  const file = { code, daemon, pid, health, project, binary, started_at: startedAt.toISOString(), host };
  return `${JSON.stringify({ ...file, boot_id: bootId, start_ticks: startTicks }, undefined, 2)}\n`;
}

/** What the file of an entry says; `undefined` where it is not one. */
export function decodeEntry(text: string): StoredEntry | undefined {
  const file = objectOf(text);
  if (file === undefined) return undefined;
  const { code, daemon, pid, start_ticks: startTicks } = file;
  const startedAt = dateOf(file['started_at'] ?? file['started']); // as older programs call it
  if (!isEntryName(code) || !isEntryName(daemon) || !isPid(pid) || startedAt === undefined) return undefined;
  return {
    ...{ code, daemon, pid, startedAt },
    ...textsOf({ health: file['health'], project: file['project'], binary: file['binary'] }),
    ...textsOf({ host: file['host'], bootId: file['boot_id'] }),
    ...(Number.isSafeInteger(startTicks) ? { startTicks: Number(startTicks) } : {}),
  };
}

/** The part of an entry that is everybody's business. */
export function publicEntry(entry: StoredEntry): DaemonEntry {
  const { code, daemon, pid, startedAt, health, project, binary } = entry;
  return { code, daemon, pid, startedAt, ...textsOf({ health, project, binary }) };
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isEntryName(name: unknown): name is string {
  return typeof name === 'string' && isName(name);
}

function dateOf(text: unknown): Date | undefined {
  const date = new Date(typeof text === 'string' ? text : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function textsOf<K extends string>(values: Record<K, unknown>): Partial<Record<K, string>> {
  const texts = Object.entries(values).filter(([, value]) => typeof value === 'string' && value !== '');
  return Object.fromEntries(texts) as Partial<Record<K, string>>;
}
