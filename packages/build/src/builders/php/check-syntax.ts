import { type CancelOptions, localMedium } from '@core/io';

import type { BuilderConfig, BuilderOptions } from '../../builder.ts';
import { timedStep } from '../../events.ts';
import { pathBelow } from '../../paths.ts';
import { runInProject } from '../kit/command-targets.ts';
import { HOW_TO_GET_PHP } from './composer.ts';

/** `php -l` takes one file at a time: one PHP parses them all. */
const SCRIPT = String.raw`<?php
if (!function_exists('token_get_all')) {
    exit(0);
}
$failed = 0;
foreach (explode("\0", stream_get_contents(STDIN)) as $file) {
    if ($file === '') {
        continue;
    }
    try {
        token_get_all(file_get_contents($file), TOKEN_PARSE);
    } catch (ParseError $error) {
        fwrite(STDERR, 'PHP Parse error: ' . $error->getMessage() . " in $file on line " . $error->getLine() . "\n");
        $failed = 1;
    }
}
exit($failed);
`;

/** What is checked, and where. */
export interface SyntaxCheck extends BuilderOptions {
  /** The folder that the files are in. */
  readonly folder: string;
  /** A folder for the script. */
  readonly root: string;
  /** Names from `folder`. */
  readonly files: readonly string[];
}

/**
 * Parses the project's own files: Composer does not, and a mistake would come up only when the program runs.
 *
 * @throws `ERR_BUILD_COMMAND_FAILED`, which says file and line.
 */
export async function checkPhpSyntax(config: BuilderConfig, check: SyntaxCheck): Promise<void> {
  const { files, folder: dir, root, onEvent, signal } = check;
  if (files.length === 0) return;
  const script = pathBelow(root, 'check-syntax.php');
  await writeScript(script, { signal });
  const args = ['-d', 'memory_limit=-1', script];
  const line = { command: 'php', args, dir, shown: 'php check-syntax.php', input: files.join('\0') };
  const message = `Check the syntax of ${String(files.length)} ${files.length === 1 ? 'file' : 'files'}`;
  await timedStep('build', message, onEvent, () =>
    runInProject(config, { ...line, howToGet: HOW_TO_GET_PHP }, { signal, onEvent }),
  );
}

function writeScript(path: string, { signal }: CancelOptions): Promise<void> {
  return localMedium().write(path, SCRIPT, { signal });
}
