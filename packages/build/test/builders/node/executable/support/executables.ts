import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { NodeBuilder } from '../../../../../src/builders/node/node-builder.ts';
import type { Artifact, BuildEvent, BuilderConfig, Target } from '../../../../../src/index.ts';
import { type Files, tempDir } from '../../../../support/temp-project.ts';
import { builderConfig } from '../../../support/builder-config.ts';

export const LINUX: Target = { os: 'linux', arch: 'amd64' };
export const LINUX_ARM: Target = { os: 'linux', arch: 'arm64' };
export const MAC_ARM: Target = { os: 'darwin', arch: 'arm64' };
export const WINDOWS: Target = { os: 'windows', arch: 'amd64' };

/** Versions that the tests put into executables; that of Node 22 is there for every system. */
export const NODE_20: string = '20.20.2';
export const NODE_22: string = '22.23.2';
export const NODE_24: string = '24';

/** The cache of all tests: what they fetch is fetched once, and stays where no release looks. */
export const CACHE: string = join(
  repository(fileURLToPath(new URL('.', import.meta.url))),
  'node_modules/.cache/core-build',
);

function repository(folder: string): string {
  return existsSync(join(folder, 'pnpm-workspace.yaml')) ? folder : repository(dirname(folder));
}

export const ENVIRONMENT: Readonly<Record<string, string>> = {
  ...(process.env as Record<string, string>),
  CORE_BUILD_CACHE: CACHE,
};

/** What a build was made of, and told. */
export interface Made {
  readonly dir: string;
  /** Absolute. */
  readonly paths: readonly string[];
  readonly artifacts: readonly Artifact[];
  readonly events: readonly BuildEvent[];
  readonly tools: Readonly<Record<string, string>>;
}

/** Executables of a program, with this Node. */
export async function makeExecutables(
  files: Files,
  targets: readonly Target[],
  { version, ...change }: Partial<BuilderConfig> & { readonly version?: string } = {},
): Promise<Made> {
  const dir = tempDir({ 'package.json': { name: 'hello', bin: 'cli.js' }, ...files });
  const node = { output: 'executable', ...(version === undefined ? {} : { version }) } as const;
  await using config = await builderConfig(dir, { env: ENVIRONMENT, node, ...change });
  const builder = new NodeBuilder();
  const events: BuildEvent[] = [];
  const artifacts = await builder.build(config, targets, { onEvent: (event) => events.push(event) });
  return {
    ...{ dir, artifacts, events, tools: await builder.tools(config) },
    paths: artifacts.map(({ path }) => path),
  };
}
