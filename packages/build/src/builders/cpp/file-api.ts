import { isAbsolute, join } from 'node:path';

import { type CancelOptions, localMedium, readJson } from '@core/io';

import { BuildError } from '../../errors.ts';
import { pathBelow } from '../../paths.ts';
import { HOW_TO_GET_CMAKE } from './cmake-command.ts';

/** A program or library that CMake builds. */
export interface CMakeTarget {
  readonly name: string;
  readonly type: string;
  /** Name of its file. */
  readonly fileName: string;
  /** On the disk. */
  readonly files: readonly string[];
  /** Whether a rule installs it. */
  readonly installed: boolean;
}

/** What CMake says of a build that it has configured. */
export interface CMakeModel {
  readonly targets: readonly CMakeTarget[];
  /** Whether anything is installed. */
  readonly installs: boolean;
  /** CMake and the compilers with their versions. */
  readonly tools: Readonly<Record<string, string>>;
}

const API = '.cmake/api/v1';

/** What is asked for; CMake answers when it configures. */
const QUESTIONS = ['codemodel-v2', 'toolchains-v1'];

/** https://cmake.org/cmake/help/latest/manual/cmake-file-api.7.html */
interface Index {
  readonly cmake: { readonly version: { readonly string: string } };
  readonly reply: Readonly<Record<string, { readonly jsonFile?: string } | undefined>>;
}

interface CodeModel {
  readonly configurations: readonly {
    readonly name: string;
    readonly directories: readonly { readonly hasInstallRule?: boolean }[];
    readonly targets: readonly { readonly jsonFile: string }[];
  }[];
}

interface TargetModel {
  readonly name: string;
  readonly type: string;
  readonly nameOnDisk?: string;
  readonly artifacts?: readonly { readonly path: string }[];
  readonly install?: object;
}

interface Toolchains {
  readonly toolchains: readonly { readonly compiler: { readonly path?: string; readonly version?: string } }[];
}

/** Asks CMake to describe the build in a folder. */
export async function askForModel(folder: string, { signal }: CancelOptions = {}): Promise<void> {
  const disk = localMedium();
  for (const question of QUESTIONS) await disk.write(pathBelow(folder, `${API}/query/${question}`), '', { signal });
}

/**
 * Reads what CMake has answered for one type of build.
 *
 * @throws `ERR_BUILD_TOOL_MISSING` where it has not: it is too old.
 */
export async function readModel(folder: string, type: string, { signal }: CancelOptions = {}): Promise<CMakeModel> {
  const disk = localMedium();
  const answers = pathBelow(folder, `${API}/reply`);
  const read = <T>(name: string): Promise<T> => readJson<T>(disk, pathBelow(answers, name), { signal });
  const names = (await disk.isDir(answers, { signal }))
    ? (await disk.list(answers, { signal })).map(({ name }) => name)
    : [];
  const last = names.filter((name) => name.startsWith('index-')).at(-1);
  const index = last === undefined ? undefined : await read<Index>(last);
  const codeModel = index?.reply['codemodel-v2']?.jsonFile;
  if (index === undefined || codeModel === undefined) throw tooOld();
  const { configurations } = await read<CodeModel>(codeModel);
  const configuration = configurations.find(({ name }) => name === type) ?? configurations[0];
  const models = await Promise.all((configuration?.targets ?? []).map(({ jsonFile }) => read<TargetModel>(jsonFile)));
  const toolchains = index.reply['toolchains-v1']?.jsonFile;
  return {
    targets: models.map((model) => targetOf(folder, model)),
    installs: configuration?.directories.some(({ hasInstallRule = false }) => hasInstallRule) ?? false,
    tools: {
      cmake: index.cmake.version.string,
      ...(toolchains === undefined ? {} : versionsOf(await read<Toolchains>(toolchains))),
    },
  };
}

function targetOf(folder: string, { artifacts = [], install, name, nameOnDisk = '', type }: TargetModel): CMakeTarget {
  const files = artifacts.map(({ path }) => (isAbsolute(path) ? path : join(folder, path)));
  return { name, type, fileName: nameOnDisk, files, installed: install !== undefined };
}

function versionsOf({ toolchains }: Toolchains): Record<string, string> {
  const compilers = toolchains.map(({ compiler: { path = '', version = '' } }) => {
    const name = path.replace(/^.*[/\\]/, '').replace(/\.exe$/i, '');
    return [name, version] as const;
  });
  return Object.fromEntries(compilers.filter(([name, version]) => name !== '' && version !== ''));
}

function tooOld(): BuildError {
  return new BuildError('Cannot build with this CMake: it does not say what it builds', {
    code: 'ERR_BUILD_TOOL_MISSING',
    op: 'build.cpp',
    tool: 'cmake',
    hint: HOW_TO_GET_CMAKE,
  });
}
