import { resolve } from 'node:path';

import { type CancelOptions, localMedium } from '@core/io';

/** The environment that programs are looked for in. */
export type ProgramEnvironment = Readonly<Record<string, string | undefined>>;

/** Where a program is, by its name or path, as a command would find it in this environment. */
export async function findProgram(
  name: string,
  env: ProgramEnvironment,
  { signal }: CancelOptions = {},
): Promise<string | undefined> {
  const disk = localMedium();
  for (const path of placesOf(name, env)) {
    if (!(await disk.isFile(path, { signal }))) continue;
    const { mode } = await disk.stat(path, { signal });
    if (process.platform === 'win32' || (mode & 0o111) !== 0) return path;
  }
  return undefined;
}

function placesOf(name: string, env: ProgramEnvironment): string[] {
  const windows = process.platform === 'win32';
  const endings = windows ? ['', ...(valueOf(env, 'PATHEXT') ?? '.EXE;.CMD;.BAT').split(';')] : [''];
  const named = /[/\\]/.test(name);
  const folders = named ? [''] : (valueOf(env, 'PATH') ?? '').split(windows ? ';' : ':').filter(Boolean);
  return folders.flatMap((folder) => endings.map((ending) => resolve(folder, `${name}${ending}`)));
}

/** Windows does not tell `Path` from `PATH`. */
function valueOf(env: ProgramEnvironment, name: string): string | undefined {
  if (process.platform !== 'win32') return env[name];
  return Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1];
}
