import type nodeFs from 'node:fs';
import { isDate } from 'node:util/types';

import { type Behaviour, describeError, type Stage } from './behaviour.ts';

/** What is seen of a behaviour: its result or refusal, and everything that stands in the directory afterwards. */
export async function observe(behaviour: Behaviour, stage: Stage): Promise<unknown> {
  let seen: unknown;
  try {
    seen = { value: await behaviour.run(stage) };
  } catch (error) {
    seen = { refused: describeError(error) };
  }
  return portable({ ...(seen as object), left: await snapshot(stage.fs.promises, stage.at('')) }, stage.at(''));
}

/** The same without what is beside the point of a behaviour: permission bits, and all of an error but its code. */
export function inOutline(seen: unknown): unknown {
  if (typeof seen === 'string') return seen.replace(/^(.*?(?:\/| )) ?[0-7]{3,4}(?= |$)/, '$1');
  if (Array.isArray(seen)) return seen.map(inOutline);
  if (typeof seen !== 'object' || seen === null) return seen;
  if ('code' in seen && 'message' in seen) return { code: seen.code };
  return Object.fromEntries(Object.entries(seen).map(([key, item]) => [key, inOutline(item)]));
}

/** Every entry with its kind, mode and content. */
async function snapshot(fs: typeof nodeFs.promises, directory: string, below = ''): Promise<string[]> {
  const lines: string[] = [];
  for (const name of (await fs.readdir(directory)).sort()) {
    const path = `${directory}/${name}`;
    const stats = await fs.lstat(path);
    const shown = `${below}${name}`;
    const bits = (stats.mode & 0o7777).toString(8);
    if (stats.isSymbolicLink()) lines.push(`${shown} -> ${await fs.readlink(path)}`);
    else if (stats.isDirectory()) lines.push(`${shown}/ ${bits}`, ...(await snapshot(fs, path, `${shown}/`)));
    else lines.push(`${shown} ${bits} ${await content(fs, path)}`);
  }
  return lines;
}

async function content(fs: typeof nodeFs.promises, path: string): Promise<string> {
  try {
    return await fs.readFile(path, 'base64');
  } catch (error) {
    return `(${String((error as { code?: unknown }).code)})`; // memfs minds permission bits
  }
}

/** Plain data in which the directory has the same name everywhere. */
function portable(value: unknown, root: string): unknown {
  if (typeof value === 'string') return value.replaceAll(root, '<root>');
  if (typeof value === 'bigint') return `${String(value)}n`;
  if (ArrayBuffer.isView(value)) {
    return `bytes:${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  }
  if (Array.isArray(value)) return value.map((item) => portable(item, root));
  if (isDate(value)) return value.toISOString();
  if (typeof value !== 'object' || value === null) return value;
  const { name } = (Object.getPrototypeOf(value) as object | null)?.constructor ?? Object;
  if (name !== 'Object') return `<${name}>`; // a handle, say
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, portable(item, root)]));
}
