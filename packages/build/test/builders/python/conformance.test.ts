import { describe, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { PythonBuilder } from '../../../src/builders/python/python-builder.ts';
import { builderConformance, type BuilderSubject } from '../../../src/testing/builder-conformance.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const project = {
  'pyproject.toml': `[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[project]
name = "hello"
version = "1.2.3"
scripts.hello = "hello.cli:main"
`,
  hello: { '__init__.py': '', 'cli.py': 'def main():\n    print("hello")\n' },
};

const subject: BuilderSubject = {
  builder: new PythonBuilder(),
  project,
  broken: { ...project, hello: { '__init__.py': '', 'cli.py': 'def main(:\n' } },
  targets: [
    { os: 'linux', arch: 'amd64' },
    { os: 'windows', arch: 'amd64' },
  ],
  unsupported: { os: 'plan9', arch: 'amd64' },
  tools: ['python3'],
  files: () => ['hello.pyz'],
};

describe('PythonBuilder', () => {
  describe('Good', () => {
    for (const { name, run } of builderConformance()) {
      needs('python3-build')(`PythonBuilder ${name}`, () => run(subject));
    }
  });

  describe('Ugly', () => {
    it('PythonBuilder is known by its name', () => {
      if (subject.builder.name !== 'python') throw new Error(subject.builder.name);
    });
  });
});
