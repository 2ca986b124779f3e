/** What a bundle is, and how it has to be started. */
export interface BundledCode {
  readonly code: string;
  /** It awaits at its top level. */
  readonly awaits: boolean;
}

const SHEBANG = /^#!.*\n/;
const PARAMETERS = '(require, module, exports, __filename, __dirname)';

/**
 * Starts a program with what every CommonJS module has. Where the script is loaded as an ES module, because a
 * package.json above it says so, that is made first: the text uses only what both kinds of module have.
 */
const START = `(function (program) {
  if (typeof require === 'function') return program(require, module, exports, __filename, __dirname);
  var builtin = process.getBuiltinModule;
  var file = builtin('node:module').createRequire(process.argv[1]).resolve(process.argv[1]);
  var load = builtin('node:module').createRequire(file);
  var self = { id: '.', filename: file, exports: {}, children: [], paths: [], require: load };
  load.main = self;
  program(load, self, self.exports, file, builtin('node:path').dirname(file));
})`;

/**
 * The text of a script that runs on Unix by its name and everywhere by `node`, in a folder of CommonJS or of ES
 * modules. A shebang of the program's own is kept where it starts node.
 */
export function programText({ code, awaits }: BundledCode, prelude: string): string {
  const own = SHEBANG.exec(code)?.[0];
  const shebang = own !== undefined && /\bnode\b/.test(own) ? own.trimEnd() : '#!/usr/bin/env node';
  const body = code.slice(own?.length ?? 0).trimEnd();
  // only a program that awaits is all ES modules, which are strict
  const opening = awaits ? `async function ${PARAMETERS} {\n'use strict';` : `function ${PARAMETERS} {`;
  return `${shebang}\n${START}(${opening}\n${prelude}${body}\n});\n`;
}
