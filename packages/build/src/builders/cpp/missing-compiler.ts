import { BuildError } from '../../errors.ts';

/** What CMake says where it finds no compiler, or nothing that runs compilers. */
const REASONS: readonly (readonly [reason: RegExp, tool: string, hint: string])[] = [
  [
    /unable to find a build program corresponding to/,
    'make',
    'Install make: `apt-get install make`; or ninja, with CMAKE_GENERATOR=Ninja in build.env.',
  ],
  [
    /No CMAKE_C(?:XX)?_COMPILER could be found|CMAKE_C(?:XX)?_COMPILER not set/,
    'c++',
    'Install compilers for C and C++: `apt-get install g++`, `xcode-select --install`, or the build tools of Visual Studio.',
  ],
  [
    /CMAKE_C(?:XX)?_COMPILER:\s+\S+\s+is not a full path|is not able to find the compiler/,
    'c++',
    'Install the compiler that it names, or take it out of CC, CXX and the toolchain file.',
  ],
];

/** The same failure of CMake as that of a missing tool, where it is one. */
export function missingCompiler(error: BuildError): BuildError | undefined {
  const said = (error.output ?? '').replace(/\s+/g, ' ');
  const found = error.code === 'ERR_BUILD_COMMAND_FAILED' ? REASONS.find(([reason]) => reason.test(said)) : undefined;
  if (found === undefined) return undefined;
  const [, tool, hint] = found;
  const message = `Cannot run ${JSON.stringify(error.command ?? 'cmake')}: there is no ${tool} on this machine`;
  const { command, output, path } = error;
  return new BuildError(message, {
    code: 'ERR_BUILD_TOOL_MISSING',
    op: 'build.cpp',
    ...{ tool, hint, command, output, path },
    cause: error,
  });
}
