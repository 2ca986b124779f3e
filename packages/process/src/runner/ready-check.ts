import type { StreamName } from '../output/stream-name.ts';
import type { ReadyContext } from './run-spec.ts';

/** It is ready when something listens on this port of this machine (`127.0.0.1` unless a host is given). */
export interface PortReady {
  readonly port: number;
  readonly host?: string | undefined;
}

/** It is ready when it has written a line that holds this text or matches this pattern. */
export interface LineReady {
  readonly line: string | RegExp;
  readonly stream?: StreamName | undefined;
}

/** It is ready when a GET of this address is answered with this status; any from 200 to 399 unless it is given. */
export interface HttpReady {
  readonly url: string;
  readonly status?: number | undefined;
}

/** Asked again and again until it says `true`; what it throws means that the service failed. */
export type ReadyFunction = (context: ReadyContext) => Promise<boolean> | boolean;

/** How to find out that a service is ready. */
export type ReadyCheck = PortReady | LineReady | HttpReady | ReadyFunction;
