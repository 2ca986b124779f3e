import type { CancelOptions, Medium } from '@core/io';

import { pathBelow } from '../../paths.ts';
import { tableIn, textIn, textsIn, type TomlTable } from '../../toml.ts';
import type { SetupFacts } from './setup-files.ts';

export interface DynamicVersionOptions extends CancelOptions {
  readonly toml: TomlTable;
  readonly setup: SetupFacts;
}

/**
 * The version of a project that keeps it in another file, as far as it can be read there; `undefined` where it comes
 * from git, or is computed.
 */
export async function dynamicVersion(
  medium: Medium,
  dir: string,
  { setup, toml, signal }: DynamicVersionOptions,
): Promise<string | undefined> {
  const read = (path: string) => textOf(medium, pathBelow(dir, path), { signal });
  const tool = tableIn(toml, 'tool');
  const setuptools = tableIn(tableIn(tableIn(tool, 'setuptools'), 'dynamic'), 'version');
  const said = /^(attr|file):\s*(\S+)/.exec(setup.version ?? '');
  const file =
    textIn(setuptools, 'file') ?? textsIn(setuptools, 'file')[0] ?? (said?.[1] === 'file' ? said[2] : undefined);
  if (file !== undefined) return wordIn(await read(file));
  const attribute = textIn(setuptools, 'attr') ?? (said?.[1] === 'attr' ? said[2] : undefined);
  if (attribute !== undefined) return attributeIn(read, attribute);
  const hatch = textIn(tableIn(tableIn(tool, 'hatch'), 'version'), 'path');
  if (hatch !== undefined) return assigned(await read(hatch), '(?:__version__|VERSION)');
  const name = textIn(tableIn(toml, 'project'), 'name')?.replaceAll(/[-.]/g, '_');
  const isFlit = textIn(tableIn(toml, 'build-system'), 'build-backend')?.startsWith('flit') === true;
  return isFlit && name !== undefined ? attributeIn(read, `${name}.__version__`) : undefined;
}

type Reader = (path: string) => Promise<string | undefined>;

/** `package.module.NAME`: where the file is follows from the module. */
async function attributeIn(read: Reader, attribute: string): Promise<string | undefined> {
  const parts = attribute.split('.');
  const name = parts.pop() ?? '';
  const module = parts.join('/');
  for (const path of [`${module}.py`, `${module}/__init__.py`]) {
    const found = assigned((await read(path)) ?? (await read(`src/${path}`)), name.replaceAll(/\W/g, ''));
    if (found !== undefined) return found;
  }
  return undefined;
}

function assigned(text: string | undefined, name: string): string | undefined {
  const pattern = new RegExp(`^${name}\\s*(?::[^=\\n]+)?=\\s*(["'])([^"'\\n]+)\\1`, 'm');
  return wordIn(pattern.exec(text ?? '')?.[2]);
}

/** A version is one word. */
function wordIn(text: string | undefined): string | undefined {
  return /^\s*([^\s/\\]+)\s*$/.exec(text ?? '')?.[1];
}

async function textOf(medium: Medium, path: string, options: CancelOptions): Promise<string | undefined> {
  return (await medium.isFile(path, options)) ? medium.read(path, options) : undefined;
}
