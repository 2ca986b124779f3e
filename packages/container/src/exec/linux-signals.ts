/** The signals of Linux by their numbers, which are those of the guest, whatever the host is; `signal(7)`. */
const NAMES = [
  ...['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGKILL', 'SIGUSR1'],
  ...['SIGSEGV', 'SIGUSR2', 'SIGPIPE', 'SIGALRM', 'SIGTERM', 'SIGSTKFLT', 'SIGCHLD', 'SIGCONT', 'SIGSTOP', 'SIGTSTP'],
  ...['SIGTTIN', 'SIGTTOU', 'SIGURG', 'SIGXCPU', 'SIGXFSZ', 'SIGVTALRM', 'SIGPROF', 'SIGWINCH', 'SIGIO', 'SIGPWR'],
  'SIGSYS',
];

/** The name of a signal of the guest; `undefined` for a number that is none. */
export function linuxSignalName(number: number): string | undefined {
  return NAMES[number - 1];
}

/** The number of a signal in the guest. */
export function linuxSignalNumber(name: string): number {
  const index = NAMES.indexOf(name);
  if (index < 0) throw new TypeError(`killSignal must be the name of a signal of Linux, not ${JSON.stringify(name)}`);
  return index + 1;
}
