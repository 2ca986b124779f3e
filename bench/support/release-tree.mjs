import { promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM_BYTES = 48 << 20;
const SOURCES_BYTES = 16 << 20;
/** What a release brings along beside its program: code and words. */
const SOURCE = /\.(?:c|css|d\.ts|h|html|js|json|map|md|mjs|ts|txt)$/;
const LEAST_BYTES = 8 << 10;
const MOST_BYTES = 1 << 20;

const STORE = fileURLToPath(new URL('../../node_modules/.pnpm/', import.meta.url));

/**
 * Puts 64 MiB, `count` times, into the folder `linux_amd64` of `root`: a program (the beginning of Node's own binary)
 * and some thousand sources (of the packages that are installed). All copies hold the same; a compressor with a window
 * of less than 64 MiB does not see it. Gives the paths of the files, that of the first program first.
 */
export async function releaseTree(root, count = 1) {
  const program = await beginningOf(process.execPath, PROGRAM_BYTES);
  const sources = await firstSources();
  const paths = [];
  for (let copy = 0; copy < count; copy += 1) {
    const folder = copy === 0 ? 'linux_amd64' : `linux_amd64/copy-${copy}`;
    for (const [name, bytes] of [['app', program], ...sources]) {
      const path = `${folder}/${name}`;
      await fs.mkdir(dirname(join(root, path)), { recursive: true });
      await fs.writeFile(join(root, path), bytes, { mode: name === 'app' ? 0o755 : 0o644 });
      paths.push(path);
    }
  }
  return paths;
}

async function beginningOf(path, length) {
  const file = await fs.open(path);
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, 0);
  await file.close();
  return bytes.subarray(0, bytesRead);
}

/** So many bytes of sources, the first ones by name, each under the name of its package. */
async function firstSources() {
  const found = new Map();
  let total = 0;
  for (const path of await sourcesBelow(STORE)) {
    const name = `lib/${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}`;
    if (found.has(name)) continue;
    const bytes = await fs.readFile(join(STORE, path));
    if (bytes.length < LEAST_BYTES || bytes.length > MOST_BYTES) continue;
    found.set(name, bytes);
    total += bytes.length;
    if (total >= SOURCES_BYTES) return [...found];
  }
  throw new Error(`There are only ${total} bytes of sources below ${STORE}`);
}

async function sourcesBelow(folder) {
  const entries = await fs.readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && SOURCE.test(entry.name));
  return names.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length)).sort();
}
