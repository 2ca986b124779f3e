import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import type { Tool } from '@core/tooling/needs';

import { type Files, tempDir } from './release-run.ts';

/** A small project of one kind, and what is to be known to release it. */
export interface Kind {
  readonly needs: readonly Tool[];
  readonly files: Files;
  /** In their place: a mistake that the tool refuses. */
  readonly broken: Files;
  /** Nobody can build for it. */
  readonly unsupported: string;
  /** What is made for the system of this machine, in the folder of its target. */
  readonly makes: string;
  /** What it says when it is run. */
  readonly says?: string;
  /** What the tool leaves in the project by convention. */
  readonly leaves?: RegExp;
  /** Bodies of programs that stand in for tools that are not here. */
  readonly standIns?: Readonly<Record<string, string>>;
  readonly env?: () => Record<string, string>;
}

const CMAKE = 'cmake_minimum_required(VERSION 3.15)\nproject(hello CXX)\nadd_executable(hello main.cpp)\n';
const CARGO = '[package]\nname = "hello"\nversion = "1.2.3"\nedition = "2021"\n';
const PYTHON = `[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[project]
name = "hello"
version = "1.2.3"
scripts.hello = "hello.cli:main"
`;
const PHP = '#!/usr/bin/env php\n<?php require __DIR__ . "/../vendor/autoload.php"; echo Acme\\Hello::word(), "\\n";\n';

/** Fails as its tool does where a file of the project says so. */
const unlessBroken = (file: string): string =>
  `if (fs.readFileSync(${JSON.stringify(file)}, 'utf8').includes('BROKEN')) { console.error('error: it is broken'); process.exit(1); }`;

const TASK = `if (args[0] === '--version') { console.log('3.44.0'); process.exit(); }
${unlessBroken('source.txt')}
fs.writeFileSync(env.OUTPUT_DIR + '/hello' + (env.GOOS === 'windows' ? '.exe' : ''), '#!/bin/sh\\necho hello\\n', { mode: 0o755 });`;

const LINUXKIT = `if (args[0] === 'version') { console.log('linuxkit version v1.5.3'); process.exit(); }
${unlessBroken('linuxkit.yml')}
const value = (flag) => args[args.indexOf(flag) + 1];
fs.writeFileSync(path.join(value('--dir'), value('--name') + '-efi.iso'), value('--arch'));`;

const WAILS = `if (args[0] === 'version') { console.log('v2.9.1'); process.exit(); }
${unlessBroken('main.go')}
fs.mkdirSync('build/bin', { recursive: true });
fs.writeFileSync('build/bin/' + args[args.indexOf('-o') + 1], '#!/bin/sh\\necho hello\\n', { mode: 0o755 });`;

const DENO = `if (args[0] === '--version') { console.log('deno 2.5.6'); process.exit(); }
if (args[0] === 'compile') {
  ${unlessBroken('main.ts')}
  fs.writeFileSync(args[args.indexOf('--output') + 1], '#!/bin/sh\\necho hello\\n', { mode: 0o755 });
}`;

/** A store of images of its own, and what the tool needs where it is inside a container itself. */
function imageStore(): Record<string, string> {
  const dir = tempDir();
  const config = join(dir, 'storage.conf');
  const [run, graph] = ['run', 'graph'].map((name) => JSON.stringify(join(dir, name)));
  writeFileSync(config, `[storage]\ndriver = "vfs"\nrunroot = ${run ?? ''}\ngraphroot = ${graph ?? ''}\n`);
  return { CONTAINERS_STORAGE_CONF: config, BUILDAH_ISOLATION: 'chroot', CORE_BUILD_IMAGE_TOOL: 'buildah' };
}

/** Programs that stand in for tools, before all others on the PATH. */
export function standIns(scripts: Readonly<Record<string, string>>): Record<string, string> {
  const dir = tempDir();
  for (const [name, body] of Object.entries(scripts)) {
    const head = `#!${process.execPath}\nconst fs = require('node:fs'), path = require('node:path');\n`;
    writeFileSync(join(dir, name), `${head}const args = process.argv.slice(2), env = process.env;\n${body}\n`);
    chmodSync(join(dir, name), 0o755);
  }
  return { PATH: `${dir}${delimiter}${process.env['PATH'] ?? ''}` };
}

export const KINDS: Readonly<Record<string, Kind>> = {
  go: {
    needs: ['go'],
    files: {
      'go.mod': 'module example.com/hello\n\ngo 1.18\n',
      'main.go': 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello") }\n',
    },
    broken: { 'main.go': 'package main\n\nfunc main() { oops( }\n' },
    unsupported: 'linux/wasm',
    makes: 'hello',
    says: 'hello',
  },
  node: {
    needs: [],
    files: {
      'package.json': { name: 'hello', version: '1.2.3', bin: 'cli.js' },
      'cli.js': 'console.log("hello");\n',
      '.core/build.yaml': 'node: { output: script }\n',
    },
    broken: { 'cli.js': 'let = ;\n' },
    unsupported: 'plan9/amd64',
    makes: 'hello',
    says: 'hello',
  },
  php: {
    needs: ['php', 'composer'],
    files: {
      'composer.json': { name: 'acme/hello', bin: ['bin/hello'], autoload: { 'psr-4': { 'Acme\\': 'src/' } } },
      'bin/hello': PHP,
      'src/Hello.php': '<?php namespace Acme; final class Hello { static function word() { return "hello"; } }\n',
    },
    broken: { 'src/Hello.php': '<?php final class Hello { oops\n' },
    unsupported: 'plan9/amd64',
    makes: 'hello.phar',
    says: 'hello',
  },
  rust: {
    needs: ['cargo'],
    files: { 'Cargo.toml': CARGO, 'src/main.rs': 'fn main() { println!("hello"); }\n' },
    broken: { 'src/main.rs': 'fn main() { oops( }\n' },
    unsupported: 'linux/wasm',
    makes: 'hello',
    says: 'hello',
    leaves: /^(?:target\/|Cargo\.lock$)/,
  },
  python: {
    needs: ['python3-build'],
    files: {
      'pyproject.toml': PYTHON,
      'hello/__init__.py': '',
      'hello/cli.py': 'def main():\n    print("hello")\n',
    },
    broken: { 'hello/cli.py': 'def main(:\n' },
    unsupported: 'plan9/amd64',
    makes: 'hello.pyz',
    says: 'hello',
  },
  cpp: {
    needs: ['cmake', 'make', 'g++'],
    files: { 'CMakeLists.txt': CMAKE, 'main.cpp': '#include <cstdio>\nint main() { std::puts("hello"); }\n' },
    broken: { 'main.cpp': 'int main() {\n' },
    unsupported: 'plan9/amd64',
    makes: 'hello',
    says: 'hello',
  },
  docker: {
    needs: ['buildah', 'root'],
    files: {
      Dockerfile: 'FROM scratch\nCOPY app /app\nENTRYPOINT ["/app"]\n',
      app: 'the program',
      '.core/build.yaml': 'project: { name: hello }\n',
    },
    broken: { Dockerfile: 'FROM scratch\nCOPY gone /app\n' },
    unsupported: 'plan9/amd64',
    makes: 'hello.tar',
    env: imageStore,
  },
  taskfile: {
    needs: [],
    files: { 'Taskfile.yml': "version: '3'\nvars: { NAME: hello }\ntasks: { build: x }\n", 'source.txt': 'whole' },
    broken: { 'source.txt': 'BROKEN' },
    unsupported: '../etc',
    makes: 'hello',
    says: 'hello',
    standIns: { task: TASK },
  },
  linuxkit: {
    needs: [],
    files: { 'linuxkit.yml': 'kernel: { image: one }\n', '.core/build.yaml': 'project: { name: hello }\n' },
    broken: { 'linuxkit.yml': 'kernel: { image: BROKEN }\n' },
    unsupported: 'plan9/amd64',
    makes: 'hello-efi.iso',
    standIns: { linuxkit: LINUXKIT },
  },
  wails: {
    needs: ['linux'],
    files: {
      'wails.json': { name: 'Hello App', outputfilename: 'hello' },
      'go.mod': 'module hello\n\nrequire github.com/wailsapp/wails/v2 v2.9.1\n',
      'main.go': 'package main\n',
    },
    broken: { 'main.go': 'BROKEN\n' },
    unsupported: 'plan9/amd64',
    makes: 'hello',
    says: 'hello',
    leaves: /^build\//,
    standIns: { wails: WAILS },
  },
  deno: {
    needs: [],
    files: { 'deno.json': { name: 'hello', version: '1.2.3', exports: './main.ts' }, 'main.ts': 'console.log(1);\n' },
    broken: { 'main.ts': 'BROKEN\n' },
    unsupported: 'plan9/amd64',
    makes: 'hello',
    says: 'hello',
    standIns: { deno: DENO },
  },
};
