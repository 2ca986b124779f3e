import type { Service } from '@core/process';

/** How a guest is reached over SSH. */
export interface SshTarget {
  /** `127.0.0.1` unless it is given. */
  readonly host?: string | undefined;
  /** On the host; it leads to the guest's port 22. */
  readonly port: number;
  readonly user: string;
  /** Absolute path of the private key; what ssh finds by itself unless it is given. */
  readonly keyPath?: string | undefined;
  /** Absolute path of the machine's own file of host keys; its directory must be there, the file need not. */
  readonly knownHosts: string;
  /** What the host key is kept under: the machine's id. */
  readonly hostKeyAlias: string;
  /** Starts the client. */
  readonly service: Service;
}
