import type { SshTarget } from './ssh-target.ts';

const FIXED = {
  AddKeysToAgent: 'no',
  BatchMode: 'yes',
  CheckHostIP: 'no',
  ClearAllForwardings: 'yes',
  ConnectionAttempts: '1',
  ConnectTimeout: '10',
  ControlMaster: 'no',
  ControlPath: 'none',
  EscapeChar: 'none',
  ForwardAgent: 'no',
  ForwardX11: 'no',
  GlobalKnownHostsFile: '/dev/null',
  HashKnownHosts: 'no',
  LogLevel: 'ERROR',
  PermitLocalCommand: 'no',
  ServerAliveCountMax: '4',
  ServerAliveInterval: '15',
  // the first answer is believed and kept; from then on it must be the same
  StrictHostKeyChecking: 'accept-new',
  UpdateHostKeys: 'no',
} as const;

/** What the client must find in its environment: it knows no other way to write a `${` of a path. */
export const SSH_ENVIRONMENT = { CORE_DOLLAR: '$' } as const;

/** The arguments of OpenSSH's client, which reads no configuration of the user and shows nothing but errors. */
export function sshArguments(target: SshTarget, script: string, tty: boolean): string[] {
  const { host = '127.0.0.1', port, user, keyPath, knownHosts, hostKeyAlias } = target;
  const options: Record<string, string> = {
    ...FIXED,
    HostKeyAlias: hostKeyAlias,
    UserKnownHostsFile: quoteForConfig(knownHosts),
    ...(keyPath === undefined ? {} : { IdentitiesOnly: 'yes', IdentityFile: quoteForConfig(keyPath) }),
  };
  const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return ['-F', 'none', tty ? '-tt' : '-T', ...words, '-p', String(port), '-l', user, '--', host, script];
}

/** A path as a word of ssh_config(5), where `%` begins a token, and `${` a variable, which is not looked at again. */
function quoteForConfig(path: string): string {
  return `"${path
    .replaceAll(/["\\]/g, String.raw`\$&`)
    .replaceAll('%', '%%')
    .replaceAll('${', '${CORE_DOLLAR}{')}"`;
}
