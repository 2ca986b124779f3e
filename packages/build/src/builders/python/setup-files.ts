import type { CancelOptions, Medium } from '@core/io';

import { given } from '../../given.ts';
import { pathBelow } from '../../paths.ts';

/** What setup.py or setup.cfg says; a setup.py that computes it says nothing. */
export interface SetupFacts {
  readonly exists?: boolean;
  readonly name?: string;
  readonly version?: string;
  readonly scripts?: readonly string[];
  readonly compiles?: boolean;
}

/** A word for setup.py that it makes machine code. */
const EXTENSION = /\b(?:cffi_modules|cythonize|ext_modules|rust_extensions)\b/;

/** What a setup.py says literally. */
export async function readSetupPy(medium: Medium, dir: string, options: CancelOptions): Promise<SetupFacts> {
  const path = pathBelow(dir, 'setup.py');
  if (!(await medium.isFile(path, options))) return {};
  const text = (await medium.read(path, options)).replace(/^\s*#.*$/gm, '');
  const literal = (key: string) => new RegExp(`[(,\\s]${key}\\s*=\\s*(["'])([^"'\\n]+)\\1`).exec(text)?.[2];
  const scripts = /console_scripts["']?\s*[:=]\s*\[([^\]]*)\]/.exec(text)?.[1] ?? '';
  return {
    exists: true,
    compiles: EXTENSION.test(text),
    scripts: [...scripts.matchAll(/["']\s*([^"'=\s]+)\s*=/g)].flatMap((match) => match[1] ?? []),
    ...given({ name: literal('name'), version: literal('version') }),
  };
}

/** What a setup.cfg says (https://setuptools.pypa.io/en/latest/userguide/declarative_config.html). */
export async function readSetupCfg(medium: Medium, dir: string, options: CancelOptions): Promise<SetupFacts> {
  const path = pathBelow(dir, 'setup.cfg');
  if (!(await medium.isFile(path, options))) return {};
  const sections = parseIni(await medium.read(path, options));
  const metadata = sections.get('metadata');
  const scripts = sections.get('options.entry_points')?.get('console_scripts') ?? '';
  const names = scripts.split('\n').flatMap((line) => /^\s*([^=\s]+)\s*=/.exec(line)?.[1] ?? []);
  const facts = { name: metadata?.get('name'), version: metadata?.get('version') };
  const exists = facts.name !== undefined ? true : undefined;
  return given({ ...facts, exists, scripts: names.length > 0 ? names : undefined });
}

/** Keys and values by section, as Python's configparser reads them: a line that is indented goes on with the value. */
export function parseIni(text: string): Map<string, Map<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  let key: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*[#;]/.test(line) || line.trim() === '') continue;
    const header = /^\[([^\]]+)\]/.exec(line)?.[1];
    const pair = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(line);
    if (header !== undefined) {
      section = sections.get(header) ?? new Map<string, string>();
      sections.set(header, section);
      key = undefined;
    } else if (/^\s/.test(line) && key !== undefined)
      section.set(key, `${section.get(key) ?? ''}\n${line.trim()}`.trim());
    else if (pair !== null) section.set((key = pair[1] ?? ''), (pair[2] ?? '').trim());
  }
  return sections;
}
