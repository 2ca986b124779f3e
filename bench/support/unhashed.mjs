import { tarGzEncoder } from '@core/build/testing';

const CHUNK = 1 << 20;

/** As `archiveWithFormat` makes it, from a file of the disk, but without a digest. */
export async function tarGzWithoutDigest(disk, path, to) {
  const { size } = await disk.stat(path);
  const entry = { kind: 'file', name: path, size, executable: true, content: () => content(disk, path, size) };
  const stream = disk.writeStream(to);
  const workers = 2;
  for await (const bytes of tarGzEncoder.encode([entry], { mtime: 315_532_800, level: 6, workers })) {
    if (!stream.write(bytes)) await new Promise((resolve) => stream.once('drain', resolve));
  }
  await new Promise((resolve, reject) => stream.once('error', reject).end(resolve));
}

async function* content(disk, path, size) {
  const handle = await disk.open(path);
  const buffers = [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)];
  const read = async (position) => {
    const buffer = buffers.reverse()[0].subarray(0, Math.min(CHUNK, size - position));
    return buffer.subarray(0, await handle.read(buffer, 0, buffer.length, position));
  };
  let coming = read(0);
  for (let position = 0; position < size;) {
    const chunk = await coming;
    position += chunk.length;
    if (position < size) coming = read(position);
    yield chunk;
  }
  await handle.close();
}
