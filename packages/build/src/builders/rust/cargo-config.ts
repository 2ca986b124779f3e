import { type CancelOptions, localMedium } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { folderOf, pathBelow } from '../../paths.ts';
import { readToml, tableIn, type TomlTable } from '../../toml.ts';
import { variableName } from './triples.ts';

/** What somebody has said of a triple, in variables or in files that Cargo reads. */
export interface TripleSettings {
  /** The linker is named. */
  readonly linker: boolean;
  /** Flags of rustc are given for this triple, or for some that it may be one of. */
  readonly flags: boolean;
}

/** The files of settings that Cargo reads (https://doc.rust-lang.org/cargo/reference/config.html), the nearest first. */
export async function readCargoConfig(
  { env, workspace }: Pick<BuilderConfig, 'env' | 'workspace'>,
  { signal }: CancelOptions = {},
): Promise<TomlTable[]> {
  const home = env['CARGO_HOME'] ?? (env['HOME'] === undefined ? undefined : pathBelow(env['HOME'], '.cargo'));
  const places = new Set(foldersAbove(workspace.path).map((dir) => pathBelow(dir, '.cargo')));
  if (home !== undefined) places.add(home);
  const tables: TomlTable[] = [];
  for (const place of places) {
    for (const name of ['config', 'config.toml']) {
      const table = await readToml(localMedium(), pathBelow(place, name), { signal });
      if (table !== undefined) tables.push(table);
    }
  }
  return tables;
}

/** A folder and those above it. */
function foldersAbove(dir: string): string[] {
  const above = folderOf(dir);
  return above === dir ? [dir] : [dir, ...foldersAbove(above)];
}

/** What is said of a triple. */
export function settingsOf(
  triple: string,
  tables: readonly TomlTable[],
  env: Readonly<Record<string, string>>,
): TripleSettings {
  const prefix = `CARGO_TARGET_${variableName(triple)}`;
  const targets = tables.map((table) => tableIn(table, 'target'));
  const groups = targets.flatMap((table) =>
    Object.keys(table)
      .filter((key) => key.startsWith('cfg('))
      .map((key) => tableIn(table, key)),
  );
  const own = targets.map((table) => tableIn(table, triple));
  const says = (key: string): boolean => [...own, ...groups].some((table) => key in table);
  return {
    linker: `${prefix}_LINKER` in env || says('linker'),
    flags: `${prefix}_RUSTFLAGS` in env || says('rustflags'),
  };
}
