import { localMedium } from '@core/io';

import type { BuilderConfig, BuilderOptions } from '../../builder.ts';
import { timedStep } from '../../events.ts';
import { pathBelow } from '../../paths.ts';
import { runInProject } from '../kit/command-targets.ts';
import { packedTree } from '../kit/packed-tree.ts';
import { HOW_TO_GET_PYTHON, type Interpreter } from './interpreter.ts';

const SCRIPT = `import sys
import traceback
import warnings

warnings.simplefilter("ignore")
failed = 0
for name in sys.stdin.buffer.read().decode("utf-8", "surrogateescape").split("\\0"):
    try:
        with open(name, "rb") as file:
            compile(file.read(), name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        sys.stderr.write("".join(traceback.format_exception_only(*sys.exc_info()[:2])))
        failed = 1
sys.exit(failed)
`;

/** What is checked, and with what. */
export interface PythonSyntaxCheck extends BuilderOptions {
  readonly python: Interpreter;
  /** Folder that the modules are imported from. */
  readonly folder: string;
  /** A folder for the script. */
  readonly root: string;
}

/**
 * Parses the modules that can be imported: backends do not, and a mistake would come up only when the program runs.
 * Files that are no modules, such as templates, may be anything.
 *
 * @throws `ERR_BUILD_COMMAND_FAILED`, which says file and line.
 */
export async function checkPythonSyntax(config: BuilderConfig, check: PythonSyntaxCheck): Promise<void> {
  const { folder, onEvent, python, root, signal } = check;
  const files = (await packedTree(folder, { keep: (name) => name.endsWith('.py'), signal })).map(({ name }) => name);
  const modules = files.filter((name) => isModule(name, new Set(files)));
  if (modules.length === 0) return;
  const script = pathBelow(root, 'check_syntax.py');
  await localMedium().write(script, SCRIPT, { signal });
  const line = {
    command: python.executable,
    args: ['-I', '-S', script],
    dir: folder,
    shown: 'python3 check_syntax.py',
    input: modules.join('\0'),
    howToGet: HOW_TO_GET_PYTHON,
  };
  const message = `Check the syntax of ${String(modules.length)} ${modules.length === 1 ? 'module' : 'modules'}`;
  await timedStep('build', message, onEvent, () => runInProject(config, line, { signal, onEvent }));
}

/** At the top, or in packages all the way down. */
function isModule(path: string, files: ReadonlySet<string>): boolean {
  const parts = path.replace(/\.py$/, '').split('/');
  if (!parts.every((part) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(part))) return false;
  return parts.every((_, depth) => depth === 0 || files.has(`${parts.slice(0, depth).join('/')}/__init__.py`));
}
