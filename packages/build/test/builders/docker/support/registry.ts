import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { tempDir } from '../../../support/temp-project.ts';

/** What a registry answers. */
interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, number | string>>;
  readonly body?: Buffer;
}

interface Manifest {
  readonly body: Buffer;
  readonly type: string;
}

/** A registry on the loopback, as far as pushing needs one: https://github.com/opencontainers/distribution-spec */
export class Registry implements AsyncDisposable {
  /** `127.0.0.1:5000` */
  readonly host: string;
  /** What trusts it. */
  readonly env: Readonly<Record<string, string>>;
  readonly blobs: Map<string, Buffer> = new Map<string, Buffer>();
  /** By their names and tags, and by their digests. */
  readonly manifests: Map<string, Manifest> = new Map<string, Manifest>();
  /** Requests as `PUT /v2/me/hello/manifests/1.2.3`. */
  readonly requests: string[] = [];
  readonly #uploads = new Map<string, Buffer>();
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>, certificate: string) {
    this.#server = server;
    this.host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    this.env = { SSL_CERT_FILE: certificate };
    server.on('request', (request: IncomingMessage, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const { status, headers = {}, body } = this.#answer(request, Buffer.concat(parts));
        response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
      });
    });
  }

  static async open(): Promise<Registry> {
    const dir = tempDir();
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, '-keyout', key, '-out', cert];
    const { status, stderr } = spawnSync('openssl', ['req', ...made], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Registry(server, cert);
  }

  /** A manifest or an index, by its tag or its digest. */
  json(name: string): unknown {
    const { body } = this.manifests.get(name) ?? {};
    if (body === undefined) throw new Error(`there is no ${name} among ${[...this.manifests.keys()].join(', ')}`);
    return JSON.parse(body.toString());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #answer(request: IncomingMessage, body: Buffer): Answer {
    const { method = '', url = '' } = request;
    const { pathname, searchParams } = new URL(url, 'https://registry');
    this.requests.push(`${method} ${pathname}`);
    const [, name = '', what = '', id = ''] =
      /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests)\/([^/]*)$/.exec(pathname) ?? [];
    if (what === 'manifests') {
      return this.#manifest(`${name}:${id}`, id, { method, body, type: request.headers['content-type'] ?? '' });
    }
    if (what === 'blobs') return found(this.blobs.get(id), {});
    if (what === '') return { status: pathname === '/v2/' ? 200 : 404 };
    return this.#upload(pathname, id, { method, body, digest: searchParams.get('digest') ?? '' });
  }

  #manifest(tagged: string, id: string, { method, ...put }: Manifest & { readonly method: string }): Answer {
    const key = id.startsWith('sha256:') ? id : tagged;
    if (method === 'PUT') {
      this.manifests.set(key, put).set(digestOf(put.body), put);
      return { status: 201, headers: { 'Docker-Content-Digest': digestOf(put.body) } };
    }
    const manifest = this.manifests.get(key);
    return found(manifest?.body, { 'Content-Type': manifest?.type ?? '' });
  }

  #upload(
    path: string,
    id: string,
    { method, body, digest }: { method: string; body: Buffer; digest: string },
  ): Answer {
    if (method === 'POST') {
      return { status: 202, headers: { Location: `${path}${String(this.requests.length)}`, Range: '0-0' } };
    }
    const all = Buffer.concat([this.#uploads.get(id) ?? Buffer.alloc(0), body]);
    this.#uploads.set(id, all);
    if (method === 'PATCH') return { status: 202, headers: { Location: path, Range: `0-${String(all.length - 1)}` } };
    if (digestOf(all) !== digest) return { status: 400 };
    this.blobs.set(digest, all);
    return { status: 201, headers: { 'Docker-Content-Digest': digest } };
  }
}

function found(body: Buffer | undefined, headers: Readonly<Record<string, string>>): Answer {
  if (body === undefined) return { status: 404 };
  return {
    status: 200,
    headers: { ...headers, 'Content-Length': body.length, 'Docker-Content-Digest': digestOf(body) },
    body,
  };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
