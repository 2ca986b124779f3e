/** Gives a text a look, and takes it back after the text. */
export type Paint = (text: string) => string;

/** The looks of a reporter; without colours each leaves the text as it is. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly blue: Paint;
  readonly cyan: Paint;
  /** The colour of the nth task. */
  readonly task: (index: number) => Paint;
}

/** The sixteen colours that a theme knows; red is left to failures. */
const TASK_COLORS = [36, 35, 33, 34, 32, 96, 95, 93, 94, 92];

/** The looks, or their absence. */
export function styleFor(colors: boolean): Style {
  const paint = (on: number, off: number): Paint =>
    colors ? (text) => (text === '' ? '' : `\u001b[${String(on)}m${text}\u001b[${String(off)}m`) : (text) => text;
  const color = (code: number): Paint => paint(code, 39);
  return {
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: color(31),
    green: color(32),
    yellow: color(33),
    blue: color(34),
    cyan: color(36),
    task: (index) => color(TASK_COLORS[index % TASK_COLORS.length] ?? 39),
  };
}
