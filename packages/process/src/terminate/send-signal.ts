/**
 * Sends a signal to a process, or with a negative number to a process group.
 *
 * @returns `gone` where there is nobody; `refused` where there is somebody whom this program may not end.
 */
export function sendSignalTo(target: number, killSignal: NodeJS.Signals | 0): 'sent' | 'gone' | 'refused' {
  const { stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 0; // "gone" is no surprise: it is asked after every process, and nobody reads the stack
    process.kill(target, killSignal);
    return 'sent';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'refused' : 'gone';
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
