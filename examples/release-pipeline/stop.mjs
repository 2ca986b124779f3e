// @ts-check
/** What ends a release before its time: signals, and a reader of what it says who goes away. */

/** SIGHUP comes when the terminal is closed. */
const EXIT_CODES = /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]);
/** That of a program which writes into a pipe that nobody reads: `npm start | head`. */
const NOBODY_READS = 141;

/**
 * Aborts where the release shall stop: the build and everything that it started end, and an earlier release stays as it
 * was. The exit code says why.
 *
 * @returns {AbortSignal}
 */
export function whenToStop() {
  const stop = new AbortController();
  /** @param {string} why @param {number} exitCode */
  const because = (why, exitCode) => {
    process.exitCode ??= exitCode;
    stop.abort(new Error(`Stopped${why}: nothing new is there, and an earlier release is as it was.`));
  };
  let signals = 0;
  for (const [name, exitCode] of EXIT_CODES) {
    process.on(name, () => {
      signals += 1;
      if (signals > 2) process.exit(exitCode); // npm passes on what the terminal has sent already: two are one
      because(` by ${name}`, exitCode);
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => because(', for nobody reads what it says', NOBODY_READS));
  }
  return stop.signal;
}
