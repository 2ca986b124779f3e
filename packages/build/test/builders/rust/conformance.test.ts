import { describe, jest } from '@jest/globals';
import { has, needs } from '@core/tooling/needs';

import { RustBuilder } from '../../../src/builders/rust/rust-builder.ts';
import { builderConformance, type BuilderSubject } from '../../../src/testing/builder-conformance.ts';

jest.setTimeout(300_000); // real compilers are run, and the machine may be busy

const MANIFEST = '[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n';
const WINDOWS = has('rust-std-windows') && has('x86_64-w64-mingw32-gcc');

/** Debian's Rust, also where another one comes before it on the PATH. */
const subject: BuilderSubject = {
  builder: new RustBuilder(),
  project: {
    'Cargo.toml': MANIFEST,
    'src/main.rs': 'mod name;\nfn main() { println!("hello {}", name::NAME); }\n',
    'src/name.rs': 'pub const NAME: &str = "you";\n',
  },
  broken: { 'Cargo.toml': MANIFEST, 'src/main.rs': 'fn main() { oops( }\n' },
  targets: [
    { os: 'linux', arch: process.arch === 'arm64' ? 'arm64' : 'amd64' },
    ...(WINDOWS ? [{ os: 'windows', arch: 'amd64' }] : []),
  ],
  unsupported: { os: 'linux', arch: 'wasm' },
  tools: ['cargo', 'rustc'],
  leaves: ['target', 'Cargo.lock'],
  config: { env: { ...(process.env as Record<string, string>), PATH: '/usr/bin:/bin' } },
};

describe('RustBuilder', () => {
  describe('builderConformance', () => {
    for (const { name, run } of builderConformance()) needs('cargo')(name, () => run(subject));
  });
});
