import { isCoreError, localMedium } from '@core/io';

import type { BuilderConfig, BuilderOptions } from '../../../../builder.ts';
import { BuildError } from '../../../../errors.ts';
import { timedStep } from '../../../../events.ts';
import { formatTarget, type Target } from '../../../../target.ts';
import { Binary } from '../binary.ts';
import { type BinaryFacts, factsOf, scanBinary } from '../inspect.ts';
import { type CachedRuntime, RuntimeCache, type RuntimeVersion } from './cache.ts';
import { runtimePackage } from './packages.ts';
import { fetchPackage, publishedVersions } from './registry.ts';
import { chooseVersion, newestOfEach } from './version.ts';

/** The Node of a target, chosen and at hand. */
export interface Runtime extends RuntimeVersion {
  readonly target: Target;
  /** All versions that could have been chosen from. */
  readonly versions: readonly string[];
}

/** A Node binary that is what it should be. */
export interface OpenRuntime extends AsyncDisposable {
  readonly binary: Binary;
  readonly facts: BinaryFacts;
}

/**
 * Chooses the Node for a target: see {@link chooseVersion}. The registry is not asked where the configuration says the
 * whole version and it is in the cache; where the registry cannot be asked, what is in the cache will do.
 */
export async function chooseRuntime(config: BuilderConfig, target: Target, options: BuilderOptions): Promise<Runtime> {
  const found = runtimePackage(target);
  const wanted = config.node.version;
  const cached = await new RuntimeCache(config.env).versions(found, options);
  if (wanted !== undefined && cached.includes(wanted)) {
    return { target, package: found, version: wanted, versions: cached };
  }
  const versions = await publishedVersions(config, found.name, options).catch((error: unknown) => {
    if (!isFailure(error)) throw error;
    if (chooseVersion(cached, wanted) === undefined) throw refusalOf(target, found.name, error);
    const message = `The registry cannot be asked for ${found.name}: a version in the cache is taken for ${formatTarget(target)}.`;
    options.onEvent?.({ type: 'warning', message });
    return cached;
  });
  const version = chooseVersion(versions, wanted);
  if (version === undefined) throw noVersion(target, wanted, { name: found.name, versions });
  return { target, package: found, version, versions };
}

/** Sees to it that the Node is in the cache. */
export async function fetchRuntime(
  config: BuilderConfig,
  runtime: Runtime,
  options: BuilderOptions,
): Promise<CachedRuntime> {
  const cache = new RuntimeCache(config.env);
  const { target, version, package: found } = runtime;
  const { signal } = options;
  const spec = `${found.name}@${version}`;
  return (
    (await cache.find(runtime, { signal })) ??
    cache.obtain(runtime, { signal }, async (folder) => {
      const message = `Fetch Node ${version} for ${formatTarget(target)} (${spec})`;
      const fetching = () => fetchPackage(config, spec, { folder, signal });
      await timedStep('install', message, options.onEvent, fetching).catch((error: unknown) => {
        throw isFailure(error) ? refusalOf(target, spec, error) : error;
      });
    })
  );
}

/** Opens the Node in the cache; one that is damaged is fetched anew. */
export async function openRuntime(
  config: BuilderConfig,
  runtime: Runtime,
  options: BuilderOptions,
): Promise<OpenRuntime> {
  const cached = await fetchRuntime(config, runtime, options);
  const opened = await openChecked(cached, options);
  if (opened !== undefined) return opened;
  const { path } = cached;
  options.onEvent?.({ type: 'warning', message: `${path} was damaged: it is fetched anew.` });
  await new RuntimeCache(config.env).discard(runtime, cached, options);
  const again = await openChecked(await fetchRuntime(config, runtime, options), options);
  if (again !== undefined) return again;
  throw new BuildError(`Cannot read ${JSON.stringify(path)}: it is not what was written`, {
    code: 'ERR_BUILD_RUNTIME_UNAVAILABLE',
    op: 'build.node',
    path,
    hint: 'Check the disk, or set CORE_BUILD_CACHE to another folder.',
  });
}

async function openChecked(
  { path, checksum }: CachedRuntime,
  options: BuilderOptions,
): Promise<OpenRuntime | undefined> {
  const binary = await Binary.open(localMedium(), path, options);
  try {
    const scan = await scanBinary(binary);
    if (scan.checksum === checksum) {
      const facts = await factsOf(binary, scan);
      return { binary, facts, [Symbol.asyncDispose]: () => binary.close() };
    }
    await binary.close();
    return undefined;
  } catch (error) {
    await binary.close();
    throw error;
  }
}

/** npm is not there, or has failed. */
function isFailure(error: unknown): error is BuildError {
  return isCoreError(error) && (error.code === 'ERR_BUILD_COMMAND_FAILED' || error.code === 'ERR_BUILD_TOOL_MISSING');
}

/** A missing npm says itself how to get it. */
function refusalOf(target: Target, spec: string, cause: BuildError): BuildError {
  if (cause.code === 'ERR_BUILD_TOOL_MISSING') return cause;
  const { command, output } = cause;
  return new BuildError(`Cannot make an executable for ${formatTarget(target)}: npm cannot fetch ${spec}`, {
    code: 'ERR_BUILD_RUNTIME_UNAVAILABLE',
    op: 'build.node',
    target: formatTarget(target),
    command,
    output,
    hint: 'Check the network and the registry that npm uses, or set node.output to script.',
    cause,
  });
}

interface Offer {
  readonly name: string;
  readonly versions: readonly string[];
}

function noVersion(target: Target, wanted: string | undefined, { name, versions }: Offer): BuildError {
  const what = wanted === undefined ? 'there is no Node for it' : `there is no Node ${wanted} for it`;
  return new BuildError(`Cannot make an executable for ${formatTarget(target)}: ${what}`, {
    code: 'ERR_BUILD_RUNTIME_UNAVAILABLE',
    op: 'build.node',
    target: formatTarget(target),
    key: 'node.version',
    hint: `${name} has ${newestOfEach(versions).join(', ') || 'none'}. Set node.version, or node.output to script.`,
  });
}
