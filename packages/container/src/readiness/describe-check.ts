import type { ReadyCheck } from './ready-check.ts';

/** What a check waits for, as the end of a sentence: "port 22 says \"SSH-\"". */
export function describeCheck(check: ReadyCheck): string {
  if (check === 'started') return 'it has started';
  if (check === 'ssh') return 'its SSH server answers';
  if (check === 'agent') return 'its agent answers';
  if ('console' in check) {
    return `its console shows ${typeof check.console === 'string' ? JSON.stringify(check.console) : String(check.console)}`;
  }
  if ('command' in check) return `${JSON.stringify(check.command[0])} succeeds in it`;
  if ('httpPort' in check) return `port ${String(check.httpPort)} answers a GET of ${check.path ?? '/'}`;
  if ('port' in check) return `port ${String(check.port)} says ${JSON.stringify(check.banner)}`;
  if ('all' in check) return check.all.map(describeCheck).join(' and ');
  return check.any.map(describeCheck).join(' or ');
}
