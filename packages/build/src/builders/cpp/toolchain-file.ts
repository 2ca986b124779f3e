import type { Target } from '../../target.ts';
import { gnuName } from '../kit/cross-compiler.ts';

/** Systems in the words of CMake. */
const SYSTEMS: Readonly<Record<string, string>> = { linux: 'Linux', windows: 'Windows' };

/** Processors as `uname -m` says them. */
const PROCESSORS: Readonly<Record<string, string>> = {
  386: 'i686',
  amd64: 'x86_64',
  arm: 'armv7l',
  arm64: 'aarch64',
  mips64le: 'mips64',
};

/**
 * A toolchain file for cross compilers of GNU: https://cmake.org/cmake/help/latest/manual/cmake-toolchains.7.html.
 * Programs for Windows hold the runtime of the compiler, which no Windows has, and no time.
 */
export function toolchainText(target: Target, compiler: { readonly c: string; readonly cpp: string }): string {
  const { arch, os } = target;
  const lines = [
    `set(CMAKE_SYSTEM_NAME ${SYSTEMS[os] ?? os})`,
    `set(CMAKE_SYSTEM_PROCESSOR ${PROCESSORS[arch] ?? arch})`,
    `set(CMAKE_C_COMPILER ${compiler.c})`,
    `set(CMAKE_CXX_COMPILER ${compiler.cpp})`,
    `set(CMAKE_FIND_ROOT_PATH /usr/${gnuName(target) ?? ''})`,
    'set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)',
    'set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)',
    'set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)',
  ];
  if (os === 'windows') {
    lines.push(`set(CMAKE_RC_COMPILER ${gnuName(target) ?? ''}-windres)`);
    for (const kind of ['EXE', 'SHARED', 'MODULE'])
      lines.push(`set(CMAKE_${kind}_LINKER_FLAGS_INIT "-static -Wl,--no-insert-timestamp")`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * What every project is told first: messages and debug information name sources from the project's folder, so that the
 * bytes do not depend on where it is. Paths that the language of CMake would take apart are left as they are.
 */
export const PROJECT_INCLUDE: string = `include_guard(GLOBAL)
foreach(folder IN ITEMS SOURCE BINARY)
  set(place "\${CMAKE_\${folder}_DIR}")
  string(TOLOWER "\${folder}" name)
  if(NOT place MATCHES "[;<>,\\"\\\\$]")
    foreach(language IN ITEMS C CXX OBJC OBJCXX)
      add_compile_options("$<$<COMPILE_LANG_AND_ID:\${language},GNU,Clang,AppleClang>:-ffile-prefix-map=\${place}=\${name}>")
    endforeach()
  endif()
endforeach()
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)
`;
