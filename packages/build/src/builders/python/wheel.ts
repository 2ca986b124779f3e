import { type CancelOptions, localMedium } from '@core/io';

import { readArchive } from '../../archive/read/archive-reader.ts';
import { nameOf, pathBelow } from '../../paths.ts';
import { parseIni } from './setup-files.ts';

/** What a wheel says of itself: https://packaging.python.org/en/latest/specifications/binary-distribution-format/ */
export interface Wheel {
  /** `hello-1.2.3-py3-none-any.whl` */
  readonly file: string;
  /** Where it is unpacked. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** Whether it runs everywhere: it has no machine code. */
  readonly isPure: boolean;
  /** Packages that it needs, as they are written; not those of its extras. */
  readonly requires: readonly string[];
  /** Programs and the functions that they are: `hello` is `hello.cli:main`. */
  readonly programs: ReadonlyMap<string, string>;
}

/** Unpacks a wheel and reads what it says. */
export async function openWheel(path: string, folder: string, options: CancelOptions): Promise<Wheel> {
  const disk = localMedium();
  const reader = await readArchive(disk, path, options);
  await reader.extract(disk, folder, options);
  const info = (await disk.list(folder, options)).find(({ name }) => name.endsWith('.dist-info'));
  const read = async (name: string): Promise<string> => {
    const file = pathBelow(info?.path ?? folder, name);
    return (await disk.isFile(file, options)) ? disk.read(file, options) : '';
  };
  const metadata = headersOf(await read('METADATA'));
  const points = parseIni(await read('entry_points.txt'));
  const file = nameOf(path);
  return {
    file,
    folder,
    name: metadata.get('name')?.[0] ?? file.split('-')[0] ?? file,
    version: metadata.get('version')?.[0] ?? file.split('-')[1] ?? '0',
    isPure: file.endsWith('-none-any.whl'),
    requires: (metadata.get('requires-dist') ?? []).filter((text) => !/;.*\bextra\s*==/.test(text)),
    programs: new Map([...(points.get('console_scripts') ?? []), ...(points.get('gui_scripts') ?? [])]),
  };
}

/** The fields of a message as in mail, by their name in lower case; the text below is left aside. */
export function headersOf(text: string): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const line of (text.split(/\r?\n\r?\n/, 1)[0] ?? '').split(/\r?\n/)) {
    const [, name, value] = /^([A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  return headers;
}
