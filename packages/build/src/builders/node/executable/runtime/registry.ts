import type { CancelOptions } from '@core/io';

import type { BuilderConfig } from '../../../../builder.ts';
import { askTool } from '../../../kit/ask-tool.ts';
import type { TargetCommand } from '../../../kit/command-targets.ts';
import { howToGet } from '../../dependencies.ts';

/** Where nobody answers, it is soon said: there may be one in the cache. */
const IMPATIENT = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-timeout=30000'];

/** All versions of a package that the user's registry has. */
export async function publishedVersions(
  config: BuilderConfig,
  name: string,
  options: CancelOptions,
): Promise<readonly string[]> {
  const answer = await askTool(config, npm(['view', name, 'versions', '--json', ...IMPATIENT]), options);
  const versions: unknown = JSON.parse(answer === '' ? '[]' : answer);
  return [versions].flat().filter((version) => typeof version === 'string');
}

/** Brings the archive of a package into a folder of the disk; npm checks its digest. */
export async function fetchPackage(
  config: BuilderConfig,
  spec: string,
  { folder, ...options }: CancelOptions & { readonly folder: string },
): Promise<void> {
  // the folder is no argument, because the shell of Windows would take it apart at spaces
  const env = { npm_config_pack_destination: folder, npm_config_dry_run: 'false' };
  await askTool(config, { ...npm(['pack', spec, '--ignore-scripts']), env }, options);
}

/** npm runs in the project, whose `.npmrc` may name the registry. */
function npm(args: readonly string[]): TargetCommand {
  return { command: 'npm', args, shell: process.platform === 'win32', howToGet: howToGet('npm') };
}
