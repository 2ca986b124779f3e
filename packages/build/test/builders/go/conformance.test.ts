import { describe, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { GoBuilder } from '../../../src/builders/go/go-builder.ts';
import { builderConformance, type BuilderSubject } from '../../../src/testing/builder-conformance.ts';

jest.setTimeout(300_000); // real compilers are run, and the machine may be busy

const GO_MOD = 'module example.com/hello\n\ngo 1.18\n';

const subject: BuilderSubject = {
  builder: new GoBuilder(),
  project: {
    'go.mod': GO_MOD,
    'main.go': 'package main\n\nvar version string\n\nfunc main() { println("hello", version) }\n',
  },
  broken: { 'go.mod': GO_MOD, 'main.go': 'package main\n\nfunc main() { oops( }\n' },
  targets: [
    { os: 'linux', arch: 'amd64' },
    { os: 'windows', arch: 'amd64' },
    { os: 'darwin', arch: 'arm64' },
  ],
  unsupported: { os: 'linux', arch: 'wasm' },
  tools: ['go'],
};

describe('GoBuilder', () => {
  describe('builderConformance', () => {
    for (const { name, run } of builderConformance()) needs('go')(`GoBuilder ${name}`, () => run(subject));
  });
});
