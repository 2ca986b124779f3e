/** Who a request is from. */
export interface Viewer {
  readonly auth: 'none' | 'token' | 'app' | 'installation';
  /** `undefined` for nobody. */
  readonly login: string | undefined;
  /** Of an app, or of the app of an installation. */
  readonly appId?: number | undefined;
}

/** Who comes without a token. */
export const NOBODY: Viewer = { auth: 'none', login: undefined };
