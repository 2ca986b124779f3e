// what others would write in Node: one stream after the other
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import { pack } from 'tar-stream';
import { ZipFile } from 'yazl';

const CHUNK = { highWaterMark: 1 << 20 };

/** tar-stream and zlib, in large chunks. */
export async function tarStreamGzip(root, paths, to) {
  const packing = pack(CHUNK);
  const written = pipeline(packing, createGzip({ level: 6, chunkSize: 1 << 20 }), createWriteStream(join(root, to)));
  for (const path of paths) {
    const { size } = await stat(join(root, path));
    await pipeline(createReadStream(join(root, path), CHUNK), packing.entry({ name: path, size, mode: 0o644 }));
  }
  packing.finalize();
  await written;
}

export async function yazl(root, paths, to) {
  const zip = new ZipFile();
  for (const path of paths) zip.addFile(join(root, path), path, { compressionLevel: 6 });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(join(root, to)));
}
