import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';

import type { World } from './model/world.ts';
import { NOBODY, type Viewer } from './viewer.ts';

/** A GitHub App. */
export interface FakeAppInput {
  readonly id: number;
  /** `my-app`: it acts as `my-app[bot]`. */
  readonly slug: string;
  /** The half of its key that verifies: PEM. */
  readonly publicKey: string;
  /** Logins of the accounts that it is installed for, by the installation's id. */
  readonly installations: Readonly<Record<number, string>>;
}

/** An app that the fake knows. */
export interface FakeApp extends FakeAppInput {
  readonly key: KeyObject;
}

/** What an installation acts with. */
export interface InstallationToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** How long a JWT may be good at most, and how far its clock may be off. */
const LONGEST_JWT_S = 600;
const CLOCK_SKEW_S = 60;
const TOKEN_MS = 3_600_000;

/** Knows apps, reads their JWTs, and gives tokens to their installations. */
export class AppRegistry {
  readonly #world: World;
  readonly #clock: () => number;
  readonly #apps = new Map<number, FakeApp>();
  readonly #tokens = new Map<string, { readonly app: FakeApp; readonly expiresAt: number }>();

  constructor(world: World, clock: () => number) {
    this.#world = world;
    this.#clock = clock;
  }

  add(input: FakeAppInput): void {
    this.#apps.set(input.id, { ...input, key: createPublicKey(input.publicKey) });
    this.#world.user(`${input.slug}[bot]`);
  }

  find(id: number | undefined): FakeApp | undefined {
    return id === undefined ? undefined : this.#apps.get(id);
  }

  /** Who a token of an app, or of an installation, is from; `undefined` for any other token. */
  viewerOf(token: string): Viewer | undefined {
    if (token.split('.').length === 3) return this.#appOf(token) ?? NOBODY;
    const known = this.#tokens.get(token);
    if (known === undefined) return token.startsWith('ghs_') ? NOBODY : undefined;
    if (known.expiresAt <= this.#clock()) return NOBODY;
    return { auth: 'installation', login: `${known.app.slug}[bot]`, appId: known.app.id };
  }

  /** A token for an installation of an app: good for an hour. */
  issueToken(app: FakeApp): InstallationToken {
    const expiresAt = this.#clock() + TOKEN_MS;
    const secret = createHash('sha256').update(`${app.slug} ${String(this.#tokens.size)}`);
    const token = `ghs_${secret.digest('hex').slice(0, 36)}`;
    this.#tokens.set(token, { app, expiresAt });
    return { token, expiresAt: new Date(expiresAt) };
  }

  /** @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
  #appOf(jwt: string): Viewer | undefined {
    const [head = '', claims = '', signature = ''] = jwt.split('.');
    const { iss, iat = 0, exp = 0 } = decode(claims);
    const app = this.#apps.get(Number(iss));
    if (app === undefined || decode(head)['alg'] !== 'RS256') return undefined;
    const isSigned = verify(
      'RSA-SHA256',
      Buffer.from(`${head}.${claims}`),
      app.key,
      Buffer.from(signature, 'base64url'),
    );
    const now = this.#clock() / 1_000;
    const isTimely =
      Number(iat) <= now + CLOCK_SKEW_S && Number(exp) > now && Number(exp) <= now + LONGEST_JWT_S + CLOCK_SKEW_S;
    return isSigned && isTimely ? { auth: 'app', login: undefined, appId: app.id } : undefined;
  }
}

function decode(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
