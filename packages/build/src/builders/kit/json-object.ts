import { type CancelOptions, InvalidJsonError, type Medium, readJson } from '@core/io';

import { BuildError } from '../../errors.ts';
import { given } from '../../given.ts';
import type { TomlTable } from '../../toml.ts';

/**
 * The object that a JSON file of a project is; look into it as into a TOML table. `undefined` where there is no such file.
 *
 * @throws `ERR_BUILD_PACKAGE_INVALID` with line and column where it is not JSON, or no object.
 */
export async function readJsonObject(
  medium: Medium,
  path: string,
  { signal }: CancelOptions = {},
): Promise<TomlTable | undefined> {
  if (!(await medium.isFile(path, { signal }))) return undefined;
  try {
    return jsonObject(path, await readJson(medium, path, { signal }));
  } catch (cause) {
    if (!(cause instanceof InvalidJsonError)) throw cause;
    throw invalid(path, `it is not JSON at line ${String(cause.line)}, column ${String(cause.column)}`, cause);
  }
}

/**
 * The value as the object that a file must be.
 *
 * @throws `ERR_BUILD_PACKAGE_INVALID` where it is something else.
 */
function jsonObject(path: string, value: unknown): TomlTable {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as TomlTable;
  throw invalid(path, 'it is not an object');
}

function invalid(path: string, why: string, cause?: InvalidJsonError): BuildError {
  return new BuildError(`Cannot read ${JSON.stringify(path)}: ${why}`, {
    code: 'ERR_BUILD_PACKAGE_INVALID',
    op: 'build.package',
    path,
    hint: 'Make it one JSON object.',
    ...given({ line: cause?.line, column: cause?.column, cause }),
  });
}
