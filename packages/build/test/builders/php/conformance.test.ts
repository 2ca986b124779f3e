import { describe, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { PhpBuilder } from '../../../src/builders/php/php-builder.ts';
import { builderConformance, type BuilderSubject } from '../../../src/testing/builder-conformance.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const composer = { name: 'acme/hello', bin: ['bin/hello'], autoload: { 'psr-4': { 'Acme\\': 'src/' } } };

const project = {
  'composer.json': JSON.stringify(composer),
  bin: { hello: '#!/usr/bin/env php\n<?php require __DIR__ . "/../vendor/autoload.php"; echo Acme\\Hello::word();' },
  src: { 'Hello.php': '<?php namespace Acme; final class Hello { static function word() { return "hello"; } }' },
};

const subject: BuilderSubject = {
  builder: new PhpBuilder(),
  project,
  broken: { ...project, src: { 'Hello.php': '<?php final class Hello { oops' } },
  targets: [
    { os: 'linux', arch: 'amd64' },
    { os: 'windows', arch: 'amd64' },
  ],
  unsupported: { os: 'plan9', arch: 'amd64' },
  tools: ['composer', 'php'],
  files: () => ['hello.phar'],
};

describe('PhpBuilder', () => {
  describe('Good', () => {
    for (const { name, run } of builderConformance()) {
      needs('php', 'composer')(`PhpBuilder ${name}`, () => run(subject));
    }
  });

  describe('Ugly', () => {
    it('PhpBuilder is known by its name', () => {
      if (subject.builder.name !== 'php') throw new Error(subject.builder.name);
    });
  });
});
