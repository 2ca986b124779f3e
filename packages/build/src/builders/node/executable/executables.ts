import { pump } from '@core/io';

import type { Artifact } from '../../../artifact.ts';
import type { BuilderConfig, BuilderOptions } from '../../../builder.ts';
import { timedStep } from '../../../events.ts';
import { pathBelow } from '../../../paths.ts';
import { sideBySide } from '../../../side-by-side.ts';
import { formatTarget, type Target } from '../../../target.ts';
import { folderName, programName } from '../../kit/command-targets.ts';
import type { Binary } from './binary.ts';
import { encodeBlob } from './blob.ts';
import { embedInElf } from './elf/embed-elf.ts';
import { launcherText } from './launcher.ts';
import { embedInMach } from './macho/embed-macho.ts';
import { embedInPe } from './pe/embed-pe.ts';
import { openRuntime, type Runtime } from './runtime/runtime.ts';

/** How the blob goes into the executables of a system. */
type Embed = (binary: Binary, blob: Uint8Array, name: string) => Promise<AsyncIterable<Uint8Array>>;

const EMBEDS: Readonly<Record<string, Embed>> = { darwin: embedInMach, windows: embedInPe };

/** The disk is what they wait for: more at a time would not be sooner. */
const AT_ONCE = 2;

/**
 * Makes an executable for every runtime: its Node, with the one script of the program inside. The same Node and script
 * give the same bytes, on every machine. No more than a few megabytes of each are in memory.
 */
export async function writeExecutables(
  config: BuilderConfig,
  runtimes: readonly Runtime[],
  options: BuilderOptions & { readonly script: string },
): Promise<Artifact[]> {
  const code = launcherText(options.script);
  const { results, failure } = await sideBySide(runtimes, AT_ONCE, (runtime) => {
    const message = `Make an executable for ${formatTarget(runtime.target)} with Node ${runtime.version}`;
    return timedStep('package', message, options.onEvent, () => writeExecutable(config, runtime, { ...options, code }));
  });
  if (failure !== undefined) throw failure.error;
  return results.filter((artifact) => artifact !== undefined);
}

async function writeExecutable(
  config: BuilderConfig,
  runtime: Runtime,
  { code, ...options }: BuilderOptions & { readonly code: string },
): Promise<Artifact> {
  const { medium, outputDir, project } = config;
  const { os, arch } = runtime.target;
  const path = pathBelow(outputDir, `${folderName(runtime.target)}/${programName(project.binary, runtime.target)}`);
  const { signal } = options;
  await using opened = await openRuntime(config, runtime, options);
  const { binary, facts } = opened;
  binary.change(facts.fuseAt, FUSED);
  const blob = encodeBlob(code, facts.layout);
  const content = await embedFor(runtime.target)(binary, blob, project.binary);
  await pump(content, medium.writeStream(path, { mode: 0o755, signal }));
  return { path, os, arch, kind: 'binary', size: (await medium.stat(path, { signal })).size };
}

/** What the byte of the fuse is where there is a program. */
const FUSED = '1'.charCodeAt(0);

function embedFor({ os }: Target): Embed {
  return EMBEDS[os] ?? embedInElf;
}
