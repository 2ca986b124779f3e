import { generateKeyPairSync } from 'node:crypto';

/** A host key in the two forms that are needed of it. */
export interface HostKey {
  /** The private key as dropbear reads it. */
  readonly dropbear: Buffer;
  /** The public key as `known_hosts` has it: `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
}

/** A new Ed25519 host key. Its forms are told by RFC 8709 and by dropbear's `ed25519.c`. */
export function newHostKey(): HostKey {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [secret, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  const type = sshString(Buffer.from('ssh-ed25519'));
  return {
    dropbear: Buffer.concat([type, sshString(Buffer.concat([secret, point]))]),
    publicKey: `ssh-ed25519 ${Buffer.concat([type, sshString(point)]).toString('base64')}`,
  };
}

function sshString(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
