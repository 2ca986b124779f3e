import { type CancelOptions, copy as copyFiles, localMedium } from '@core/io';

import type { BuilderConfig, BuilderOptions } from '../../builder.ts';
import { timedStep } from '../../events.ts';
import { pathBelow } from '../../paths.ts';
import { withBetterHint } from '../kit/better-hint.ts';
import { runInProject } from '../kit/command-targets.ts';
import type { ProjectCopy } from '../kit/project-copy.ts';
import { hintForPip, pythonEnvironment } from './build-wheel.ts';
import { HOW_TO_GET_PYTHON, type Interpreter } from './interpreter.ts';
import { headersOf, type Wheel } from './wheel.ts';

export interface SiteWork extends BuilderOptions {
  readonly python: Interpreter;
  readonly copy: ProjectCopy;
  readonly wheel: Wheel;
  /** The wheel itself. */
  readonly path: string;
}

/** Makes a folder with the modules of a wheel and of all that it needs. */
export async function makeSite(config: BuilderConfig, work: SiteWork): Promise<string> {
  const { copy, onEvent, signal, wheel } = work;
  const site = pathBelow(copy.root, 'site');
  if (wheel.requires.length === 0) {
    await unpackInto(site, wheel, { signal });
    return site;
  }
  await timedStep('install', `Install ${wheel.requires.join(', ')} with pip`, onEvent, () =>
    withBetterHint(
      (output) => hintForPip(output, wheel.requires),
      () => installInto(config, site, work),
    ),
  );
  return site;
}

/** What needs nothing else is the wheel as it is, with what it says belongs beside its modules. */
async function unpackInto(site: string, { folder }: Wheel, options: CancelOptions): Promise<void> {
  const disk = localMedium();
  await copyFiles(disk, folder, disk, site, options);
  for (const { name, path } of await disk.list(site, options)) {
    if (!name.endsWith('.data')) continue;
    for (const kind of ['purelib', 'platlib']) {
      if (await disk.isDir(pathBelow(path, kind), options))
        await copyFiles(disk, pathBelow(path, kind), disk, site, options);
    }
    await disk.deleteAll(path, options);
  }
}

async function installInto(config: BuilderConfig, site: string, work: SiteWork): Promise<void> {
  const { copy, onEvent, path, python, signal } = work;
  const common = { dir: copy.root, env: pythonEnvironment(), howToGet: HOW_TO_GET_PYTHON };
  let command = python.executable;
  if (!python.hasPip) {
    const venv = pathBelow(copy.root, 'venv');
    const line = { ...common, command, args: ['-m', 'venv', venv], shown: 'python3 -m venv' };
    await runInProject(config, line, { signal, onEvent });
    command = pathBelow(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  }
  const options = ['-m', 'pip', 'install', '--no-compile', '--no-warn-script-location'];
  const args = [...options, '--target', site, path];
  const shown = `python3 ${options.join(' ')} --target site ${work.wheel.file}`;
  await runInProject(config, { ...common, command, args, shown }, { signal, onEvent });
}

/** Packages that are needed on some systems only, with what they are needed by: pip installs those for this one. */
export async function systemDependent(site: string, options: CancelOptions): Promise<string[]> {
  const disk = localMedium();
  const found: string[] = [];
  for (const { name, path } of await disk.list(site, options)) {
    const file = pathBelow(path, 'METADATA');
    if (!name.endsWith('.dist-info') || !(await disk.isFile(file, options))) continue;
    const needs = headersOf(await disk.read(file, options)).get('requires-dist') ?? [];
    const conditional = needs.filter((text) => /;.*\b(?:os_name|platform_system|sys_platform)\b/.test(text));
    found.push(...conditional.filter((text) => !/\bextra\s*==/.test(text)));
  }
  return found;
}
