/**
 * Starts the one script of a program inside an executable. Plain JavaScript: it is a part of the executable.
 *
 * The main code of an executable can `require` nothing but the modules of Node and cannot `import()`. A CommonJS module
 * of the executable's own name can do what a script can, and is one to the program: it gets the arguments, `require` and
 * `require.main` of a script.
 */
const LAUNCH = `function launch(require, text) {
  var Module = require('node:module'), path = require('node:path');
  var file = process.argv[1] = process.execPath, mark = 'CORE_BUILD_RUN_MODULE';
  if (mark in process.env) {
    delete process.env[mark];
    while (process.argv.length > 2 && process.argv[2].charAt(0) === '-') process.argv.splice(2, 1);
    if (process.argv.length > 2) process.argv.splice(1, 2, path.resolve(process.argv[2]));
  }
/*CHILDREN*//*THREADS*/
  if (process.argv[1] !== file) return Module.runMain();
  var self = new Module(file, null);
  self.id = '.';
  self.filename = file;
  self.paths = Module._nodeModulePaths(path.dirname(file));
  process.mainModule = Module._cache[file] = self;
  self._compile(text, file, 'commonjs');
  self.loaded = true;
}`;

/**
 * To a program, `process.execPath` is a Node: what it starts by it gets a module to run, itself or another. Without the
 * mark the executable would run itself for each module that it starts, and so on without end.
 */
const CHILDREN = `  var processes = require('node:child_process');
  var start = processes.ChildProcess.prototype.spawn;
  processes.ChildProcess.prototype.spawn = function (options) {
    if (options.file === file && Array.isArray(options.envPairs)) options.envPairs.push(mark + '=1');
    return start.apply(this, arguments);
  };
  ['spawnSync', 'execFileSync'].forEach(function (name) {
    var call = processes[name];
    processes[name] = function (command, args, options) {
      if (command !== file) return call.apply(this, arguments);
      var given = (Array.isArray(args) ? options : args) || {};
      var env = Object.assign({}, given.env || process.env);
      env[mark] = '1';
      return call.call(this, command, Array.isArray(args) ? args : [], Object.assign({}, given, { env: env }));
    };
  });
`;

/** A thread that is told to run the executable's own file runs the program. */
const THREADS = `  var threads = require('node:worker_threads');
  var own = require('node:url').pathToFileURL(file).href;
  var source = '(' + launch + ')(require, ' + JSON.stringify(text) + ')';
  threads.Worker = class Worker extends threads.Worker {
    constructor(name, options) {
      var isOwn = (name instanceof URL ? name.href === own : name === file) && !(options && options.eval);
      super(isOwn ? source : name, isOwn ? Object.assign({}, options, { eval: true }) : options);
    }
  };
`;

const SHEBANG = /^#!.*/;

/** The main code of an executable that runs this script. What a program does not use costs it no time. */
export function launcherText(script: string): string {
  const children = /child_process|cluster/.test(script) ? CHILDREN : '';
  const threads = script.includes('worker_threads') ? THREADS : '';
  const launch = LAUNCH.replace('/*CHILDREN*/', () => children).replace('/*THREADS*/', () => threads);
  return `'use strict';\n(${launch})(require, ${JSON.stringify(script.replace(SHEBANG, ''))});\n`;
}
