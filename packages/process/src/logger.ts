/** Facts beside a log message, by name. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Who writes down what happens; `console` fits as it is, pino through one line that swaps the two arguments. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
