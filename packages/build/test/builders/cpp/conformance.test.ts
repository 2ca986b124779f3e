import { describe, jest } from '@jest/globals';
import { has, needs } from '@core/tooling/needs';

import { CppBuilder } from '../../../src/builders/cpp/cpp-builder.ts';
import { hostTarget } from '../../../src/builders/kit/host-target.ts';
import { builderConformance, type BuilderSubject } from '../../../src/testing/index.ts';

jest.setTimeout(300_000); // compilers are started, and the machine may be busy

const MAIN = '#include <cstdio>\nint main() { std::puts(__FILE__); }\n';
const CROSS = has('x86_64-w64-mingw32-g++') ? [{ os: 'windows', arch: 'amd64' }] : [];

const CMAKE: BuilderSubject = {
  builder: new CppBuilder(),
  project: {
    'CMakeLists.txt': 'cmake_minimum_required(VERSION 3.15)\nproject(hello CXX)\nadd_executable(hello main.cpp)',
    'main.cpp': MAIN,
  },
  broken: {
    'CMakeLists.txt': 'cmake_minimum_required(VERSION 3.15)\nproject(hello CXX)\nadd_executable(hello main.cpp)',
    'main.cpp': 'int main() {',
  },
  targets: [hostTarget(), ...CROSS],
  unsupported: { os: 'plan9', arch: 'amd64' },
  tools: ['cmake'],
};

const RULES = 'build:\n\tmkdir -p "$(BUILD_DIR)"\n\t$(CXX) -o "$(BUILD_DIR)/$(BINARY)" main.cpp\n';
const PACKAGE = 'package:\n\tcp "$(BUILD_DIR)/$(BINARY)" "$(OUTPUT_DIR)/"\n';

const MAKE: BuilderSubject = {
  builder: new CppBuilder(),
  project: { Makefile: `configure:\n${RULES}${PACKAGE}`, 'main.cpp': MAIN },
  broken: { Makefile: `configure:\n${RULES}${PACKAGE}`, 'main.cpp': 'int main() {' },
  targets: [hostTarget()],
  unsupported: { os: 'plan9', arch: 'amd64' },
  tools: ['make'],
  config: { env: { ...process.env, BINARY: 'hello' } },
  without: ['unsupported'],
};

for (const [title, subject] of Object.entries({ 'CppBuilder with CMake': CMAKE, 'CppBuilder with make': MAKE })) {
  describe(title, () => {
    for (const { name, requires, run } of builderConformance()) {
      if (requires.some((feature) => subject.without?.includes(feature))) continue;
      needs('cmake', 'make', 'g++')(name, () => run(subject));
    }
  });
}
