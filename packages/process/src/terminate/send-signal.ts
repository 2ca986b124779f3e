/**
 * Sends a signal to a process, or with a negative number to a process group.
 *
 * @returns `gone` where there is nobody; `refused` where there is somebody whom this program may not end.
 */
export function sendSignalTo(target: number, killSignal: NodeJS.Signals | 0): 'sent' | 'gone' | 'refused' {
  try {
    process.kill(target, killSignal);
    return 'sent';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'refused' : 'gone';
  }
}
