/** Something of others that a release is made of. */
export interface Component {
  readonly name: string;
  readonly version?: string | undefined;
  readonly kind: 'image' | 'library';
  /** Its package URL: `pkg:npm/%40scope/name@1.2.3`. */
  readonly purl: string;
  /** As its own package says it: an SPDX expression or any other text. */
  readonly license?: string | undefined;
  /** Of the package file, where the lock file has one. */
  readonly digest?: ComponentDigest | undefined;
}

/** A digest in the words of SPDX. */
export interface ComponentDigest {
  readonly algorithm: 'SHA1' | 'SHA256' | 'SHA384' | 'SHA512';
  /** Lower-case hex. */
  readonly value: string;
}

/** A digest that is spelled in hex; `undefined` for anything else. */
export function hexDigest(algorithm: ComponentDigest['algorithm'], text: unknown): ComponentDigest | undefined {
  const lengths = { SHA1: 40, SHA256: 64, SHA384: 96, SHA512: 128 };
  if (typeof text !== 'string' || !/^[0-9a-f]+$/i.test(text) || text.length !== lengths[algorithm]) return undefined;
  return { algorithm, value: text.toLowerCase() };
}

/** The strongest digest of a Subresource Integrity text (https://www.w3.org/TR/SRI/), as lock files of npm have it. */
export function integrityDigest(text: unknown): ComponentDigest | undefined {
  if (typeof text !== 'string') return undefined;
  for (const algorithm of ['SHA512', 'SHA384', 'SHA256', 'SHA1'] as const) {
    const base64 = new RegExp(`(?:^|\\s)${algorithm.toLowerCase()}-([A-Za-z0-9+/]+=*)`).exec(text)?.[1];
    const digest = base64 && hexDigest(algorithm, Buffer.from(base64, 'base64').toString('hex'));
    if (digest !== undefined && digest !== '') return digest;
  }
  return undefined;
}
