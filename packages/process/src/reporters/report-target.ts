/** Where a report is written to: `process.stdout`, another stream, or anything that takes text. */
export interface ReportTarget {
  write(text: string): unknown;
  /** It is a terminal. */
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Variables of an environment. */
export type ReportEnvironment = Readonly<Record<string, string | undefined>>;

/** What every reporter is given. */
export interface ReporterOptions {
  readonly to: ReportTarget;
  /**
   * With or without colours. Unless it is given: `FORCE_COLOR` decides (`0` and `false` are no, all else is yes), then
   * `NO_COLOR` (anything but empty is no), then `TERM=dumb` (no), then whether `to` is a terminal.
   */
  readonly colors?: boolean | undefined;
  /** The environment to look at; this program's unless it is given. */
  readonly env?: ReportEnvironment | undefined;
}

/** Whether a report has colours. */
export function wantsColors({ to, colors, env = process.env }: ReporterOptions): boolean {
  if (colors !== undefined) return colors;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return to.isTTY === true;
}

/** Whether the signs of a report may be others than ASCII: the consoles that lack them are known. */
export function wantsUnicode(env: ReportEnvironment, platform: NodeJS.Platform = process.platform): boolean {
  if (platform !== 'win32') return env['TERM'] !== 'linux';
  return ['WT_SESSION', 'TERM_PROGRAM', 'ConEmuTask', 'TERM'].some((name) => (env[name] ?? '') !== '');
}

/** Refuses a target that cannot be written to. */
export function checkTarget(to: unknown, name = 'to'): void {
  const isTarget = typeof to === 'object' && to !== null && 'write' in to && typeof to.write === 'function';
  if (!isTarget)
    throw new TypeError(`${name} must have a method "write", such as process.stdout has, not ${kindOf(to)}`);
}

function kindOf(value: unknown): string {
  return value === null || value === undefined ? String(value) : `a value of type ${typeof value}`;
}
