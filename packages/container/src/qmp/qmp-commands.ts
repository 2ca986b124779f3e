/**
 * Where a machine stands, by QEMU's own word: `running`, `paused`, `inmigrate`, `postmigrate`, `internal-error`,
 * `guest-panicked`, `shutdown`, …
 */
interface QmpStatus {
  readonly status: string;
  readonly running: boolean;
}

/** How far a migration is: `setup`, `active`, `completed`, `failed`, `cancelled`, … */
interface QmpMigration {
  readonly status?: string;
  /** Why it failed, in QEMU's words. */
  readonly 'error-desc'?: string;
}

/** What one disk has read and written since the start. */
export interface QmpBlockStats {
  /** The name of the drive; empty where it has none. */
  readonly device: string;
  readonly 'node-name'?: string;
  readonly qdev?: string;
  readonly stats: {
    readonly rd_bytes: number;
    readonly wr_bytes: number;
    readonly rd_operations: number;
    readonly wr_operations: number;
  };
}

/** What the guest says of its memory; a value that it does not tell is 2^64 − 1. */
export interface QmpGuestStats {
  /** Unix time in seconds; 0: never yet. */
  readonly 'last-update': number;
  readonly stats: Readonly<Record<string, number>>;
}

/** The commands of QMP that are used here, each with its arguments and its answer. */
export interface QmpCommands {
  readonly qmp_capabilities: { args: undefined; returns: unknown };
  readonly 'query-uuid': { args: undefined; returns: { readonly UUID: string } };
  readonly 'query-status': { args: undefined; returns: QmpStatus };
  readonly 'query-migrate': { args: undefined; returns: QmpMigration };
  readonly 'query-blockstats': { args: undefined; returns: readonly QmpBlockStats[] };
  readonly 'query-balloon': { args: undefined; returns: { readonly actual: number } };
  readonly 'query-chardev': {
    args: undefined;
    returns: readonly { readonly label: string; readonly filename: string }[];
  };
  readonly 'chardev-change': { args: { id: string; backend: unknown }; returns: unknown };
  readonly 'qom-list': { args: { path: string }; returns: readonly { readonly name: string; readonly type: string }[] };
  readonly 'qom-get': { args: { path: string; property: string }; returns: unknown };
  readonly 'qom-set': { args: { path: string; property: string; value: unknown }; returns: unknown };
  readonly 'human-monitor-command': { args: { 'command-line': string }; returns: string };
  readonly 'migrate-set-parameters': { args: Readonly<Record<string, number>>; returns: unknown };
  readonly migrate: { args: { uri: string }; returns: unknown };
  readonly system_powerdown: { args: undefined; returns: unknown };
  readonly cont: { args: undefined; returns: unknown };
  readonly stop: { args: undefined; returns: unknown };
  readonly quit: { args: undefined; returns: unknown };
}

/** The name of one of these commands. */
export type QmpCommand = keyof QmpCommands;
