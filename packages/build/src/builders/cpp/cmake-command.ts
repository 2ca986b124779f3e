import type { BuilderConfig } from '../../builder.ts';
import type { Toolchain } from './toolchain.ts';

/** How to get it. */
export const HOW_TO_GET_CMAKE = 'Install CMake 3.15 or newer: `apt-get install cmake`, or https://cmake.org/download/.';

/** What `cmake` is told before it builds. */
export interface Configuring {
  /** Folder on the disk for all that is made on the way. */
  readonly folder: string;
  /** Text of CMake that every project is given first. */
  readonly include: string;
  readonly toolchain: Toolchain;
  /** The toolchain file, where there is one. */
  readonly toolchainFile: string | undefined;
  /** More settings, which those of the project's configuration win over. */
  readonly settings?: readonly string[];
}

/** The arguments that configure a build; of `flags` those that begin with `-D` go along. */
export function configureArguments(
  { env, flags, workspace }: Pick<BuilderConfig, 'env' | 'flags' | 'workspace'>,
  { folder, include, settings = [], toolchain, toolchainFile }: Configuring,
): string[] {
  return [
    ...['-S', workspace.path, '-B', folder, '--no-warn-unused-cli'],
    `-DCMAKE_BUILD_TYPE=${buildType(env)}`,
    ...['-DBUILD_TESTING=OFF', '-DCMAKE_EXPORT_NO_PACKAGE_REGISTRY=ON', `-DCMAKE_PROJECT_INCLUDE=${include}`],
    ...(toolchain.kind === 'apple' ? [`-DCMAKE_OSX_ARCHITECTURES=${toolchain.arch}`] : []),
    ...(toolchainFile === undefined ? [] : [`-DCMAKE_TOOLCHAIN_FILE=${toolchainFile}`]),
    ...settings,
    ...flags.filter((flag) => flag.startsWith('-D')),
  ];
}

/** What is built: `Release`, unless the environment says otherwise. */
export function buildType(env: BuilderConfig['env']): string {
  return env['CMAKE_BUILD_TYPE'] ?? 'Release';
}

/** Programs and libraries find those beside them, wherever they are unpacked. */
export function originSettings(os: string): string[] {
  const origin = os === 'darwin' ? '@loader_path' : '$ORIGIN';
  const installed = [origin, `${origin}/lib`, `${origin}/../lib`].join(';');
  return [`-DCMAKE_BUILD_RPATH=${origin}`, `-DCMAKE_INSTALL_RPATH=${installed}`];
}
