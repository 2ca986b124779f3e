import type { CancelOptions, Medium } from '@core/io';

import { BuildError } from '../../errors.ts';
import { nameOf, pathBelow } from '../../paths.ts';
import { readIfFile } from '../../read-if-file.ts';

/**
 * The path of the module in a folder (https://go.dev/ref/mod#go-mod-file-module); `undefined` where it has no go.mod.
 *
 * @throws `ERR_BUILD_PACKAGE_INVALID` where go.mod names no module.
 */
export async function readModulePath(
  medium: Medium,
  dir: string,
  { signal }: CancelOptions = {},
): Promise<string | undefined> {
  const path = pathBelow(dir, 'go.mod');
  const text = await readIfFile(medium, path, { signal });
  return text === undefined ? undefined : modulePathIn(path, text);
}

/** `module x`, `module "x"`, module `x`, or `module ( x )` over several lines. */
const MODULE = /^[ \t]*module[ \t]*(?:[ \t]|(?=["`(]))\(?\s*(?:"([^"\n]+)"|`([^`\n]+)`|([^\s"`()]+))/m;

function modulePathIn(path: string, text: string): string {
  const [, quoted, raw, plain] = MODULE.exec(text.replace(/^\uFEFF/, '').replace(/\/\/[^\n]*/g, '')) ?? [];
  const found = quoted ?? raw ?? plain;
  if (found !== undefined) return found;
  throw new BuildError(`Cannot read the module ${JSON.stringify(path)}: it has no line "module"`, {
    code: 'ERR_BUILD_PACKAGE_INVALID',
    op: 'build.go',
    path,
    hint: 'Begin it with `module example.com/name`, as `go mod init` does.',
  });
}

/** What a program of this module is called where nothing else names it: `example.com/hello/v2` is `hello`. */
export function moduleName(modulePath: string): string {
  const unversioned = modulePath.replace(/\/v\d+\/?$/, '').replace(/(gopkg\.in\/.*)\.v\d+$/, '$1');
  return nameOf(unversioned === '' ? modulePath : unversioned);
}
