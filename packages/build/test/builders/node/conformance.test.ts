import { describe, it, jest } from '@jest/globals';

import { NodeBuilder } from '../../../src/builders/node/node-builder.ts';
import { builderConformance, type BuilderSubject } from '../../../src/testing/builder-conformance.ts';
import { LINUX, LINUX_ARM, MAC_ARM, WINDOWS } from './executable/support/executables.ts';
import { registry } from './executable/support/registry.ts';

jest.setTimeout(300_000); // processes are started, and the machine may be busy

/** The stand-in for npm runs scripts as npm does. */
const RUN = `if (args[0] === 'run') {
  const { scripts } = JSON.parse(fs.readFileSync('package.json', 'utf8'));
  process.exit(require('node:child_process').spawnSync(scripts[args[1]], { shell: true, stdio: 'inherit' }).status);
}`;

const subject: Omit<BuilderSubject, 'targets' | 'unsupported'> = {
  builder: new NodeBuilder(),
  project: {
    'package.json': '{ "bin": { "hello": "cli.js" }, "scripts": { "build": "node -e 0" } }',
    'cli.js': 'console.log("hello");',
  },
  broken: {
    'package.json': '{ "bin": { "hello": "cli.js" }, "scripts": { "build": "echo it is broken && exit 3" } }',
    'cli.js': 'console.log("hello");',
  },
  tools: ['npm'],
};

describe('NodeBuilder', () => {
  describe('builderConformance of scripts', () => {
    for (const { name, run } of builderConformance()) {
      it(`NodeBuilder ${name}`, () =>
        run({
          ...subject,
          targets: [LINUX, MAC_ARM, WINDOWS],
          unsupported: { os: 'plan9', arch: 'amd64' },
          config: { node: { output: 'script' } },
          files: ({ os }) => [os === 'windows' ? 'hello.js' : 'hello'],
        }));
    }
  });

  describe('builderConformance of executables', () => {
    for (const { name, run } of builderConformance()) {
      it(`NodeBuilder ${name}`, () =>
        run({
          ...subject,
          targets: [LINUX, LINUX_ARM],
          unsupported: { os: 'linux', arch: '386' },
          config: { node: { output: 'executable', version: '22' }, env: registry({ first: RUN }).env },
        }));
    }
  });
});
