/** Which fields of the blob a version of Node reads besides those that every version does. */
export interface BlobLayout {
  readonly execArgvExtension: boolean;
  readonly mainFormat: boolean;
}

const MAGIC = 0x143da20;
/** No warning that it is experimental; no snapshot, no code cache, no assets. */
const FLAGS = 1;
/** Options come from `NODE_OPTIONS`, as they do for a script. */
const OPTIONS_FROM_ENVIRONMENT = 1;
const COMMON_JS = 0;

/** The name of the program's code: nothing on a disk. */
const CODE_PATH = 'program.js';

/**
 * What a Node with a program in it reads: the same bytes as `node --experimental-sea-config` of that Node makes, for any
 * Node with 64 bits. See https://nodejs.org/api/single-executable-applications.html and `src/node_sea.cc` of Node.
 */
export function encodeBlob(code: string, { execArgvExtension, mainFormat }: BlobLayout): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(FLAGS, 4);
  const fields = [...(execArgvExtension ? [OPTIONS_FROM_ENVIRONMENT] : []), ...(mainFormat ? [COMMON_JS] : [])];
  return Buffer.concat([head, Buffer.from(fields), ...sized(CODE_PATH), ...sized(code)]);
}

function sized(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(bytes.length));
  return [size, bytes];
}
