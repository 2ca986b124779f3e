/** It is ready when the console has shown a line that holds this text or matches this pattern. */
export interface ConsoleReady {
  readonly console: string | RegExp;
}

/** It is ready when the guest's port answers with these first bytes; a connection alone says nothing, since the hypervisor takes it. */
export interface BannerReady {
  /** Of the guest; it must be forwarded. */
  readonly port: number;
  /** `SSH-` */
  readonly banner: string;
}

/** It is ready when a GET through the forwarded guest port is answered with this status; any from 200 to 399 unless it is given. */
export interface HttpReady {
  readonly httpPort: number;
  readonly path?: string | undefined;
  readonly status?: number | undefined;
}

/** It is ready when this command ends with exit code 0 in the guest. */
export interface CommandReady {
  readonly command: readonly string[];
}

/** All of them, or the first of them. */
export type CombinedReady = { readonly all: readonly ReadyCheck[] } | { readonly any: readonly ReadyCheck[] };

/** How to find out that a machine is ready. It is not waited for longer than the hypervisor lives. */
export type ReadyCheck =
  'started' | 'ssh' | 'agent' | ConsoleReady | BannerReady | HttpReady | CommandReady | CombinedReady;
