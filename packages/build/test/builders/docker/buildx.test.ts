import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { DockerBuilder } from '../../../src/builders/docker/docker-builder.ts';
import { type BuilderConfig, type BuildEvent, defaultConfig } from '../../../src/index.ts';
import { tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';
import { commandLines, golden } from './support/golden.ts';
import { readDockerArchive, readOciArchive } from './support/read-image.ts';
import { docker, only } from './support/stand-ins.ts';

const AMD64 = { os: 'linux', arch: 'amd64' };
const ARM64 = { os: 'linux', arch: 'arm64' };
const { docker: settings } = defaultConfig({});
const RECIPE = 'FROM scratch\nARG VERSION\nARG TOKEN\nCOPY . /\n';
/** Also keeps what it was given as a recipe. */
const DOCKER = `${docker()}
if (dest !== undefined) {
  const file = args[args.indexOf('--file') + 1];
  for (const end of ['', '.dockerignore']) fs.copyFileSync(file + end, path.join(process.cwd(), 'seen' + end));
}`;

async function built(change: Partial<BuilderConfig['docker']>, more: Partial<BuilderConfig> = {}) {
  const tools = only({ docker: DOCKER });
  const dir = tempDir({ Dockerfile: RECIPE, '.dockerignore': 'node_modules\n' });
  const env = { ...tools.env, SECRET_TOKEN: 's3cr3t-value' };
  await using config = await builderConfig(dir, { env, docker: { ...settings, ...change }, ...more });
  const events: BuildEvent[] = [];
  const artifacts = await new DockerBuilder().build(config, [AMD64, ARM64], { onEvent: (event) => events.push(event) });
  const lines = commandLines(tools, { project: dir, scratch: /\/\S*\/core-build-[0-9a-f-]{36}/g });
  return {
    artifacts,
    dir,
    events,
    tools,
    lines: lines.filter((line) => line.startsWith('docker buildx build')).sort(),
  };
}

describe('Good', () => {
  it('DockerBuilder runs buildx as its golden file says, with secrets in the environment', async () => {
    const { lines, tools, events } = await built({ args: ['TOKEN=s3cr3t-value', 'PATH=/bin'] });
    expect(lines).toEqual(golden('buildx-build'));
    const build = tools.calls().find(({ args }) => args.includes('--output'));
    expect(build?.env).toMatchObject({ TOKEN: 's3cr3t-value', VERSION: '1.2.3', SOURCE_DATE_EPOCH: '315532800' });
    expect(build?.env['PATH']).not.toBe('/bin');
    expect(JSON.stringify([lines, events])).not.toContain('s3cr3t-value');
  });

  it('DockerBuilder packs what buildx leaves, without its attestations', async () => {
    const { artifacts, dir } = await built({});
    const image = await readOciArchive(artifacts[1]?.path ?? '');
    expect(image.config).toMatchObject({ architecture: 'arm64', config: { Env: ['A=315532800'] } });
    expect(image.names).toHaveLength(5);
    expect(readFileSync(join(dir, 'seen'), 'utf8')).toBe(RECIPE);
    expect(readFileSync(join(dir, 'seen.dockerignore'), 'utf8')).toBe('node_modules\n**/.core-io-*\nout\n');
  });

  it('DockerBuilder loads and pushes with buildx as its golden file says', async () => {
    const tags = ['{{.Version}}', '{{.Version}}-{{.Arch}}'];
    const { lines, tools } = await built({ load: true, push: true, image: 'ghcr.io/me/hello', tags });
    expect(lines.filter((line) => /--load|push=true/.test(line))).toEqual(golden('buildx-publish'));
    // every image is built before the first is handed on
    const kinds = tools.calls().flatMap(({ args }) => {
      if (args[1] !== 'build') return [];
      return [args.includes('--load') ? 'load' : args.some((one) => one.includes('push=true')) ? 'push' : 'build'];
    });
    expect(kinds).toEqual(['build', 'build', 'load', 'load', 'push', 'push', 'push']);
  });

  it('DockerBuilder makes what docker load reads of what buildx leaves', async () => {
    const { artifacts, lines } = await built({ output: 'docker', tags: ['{{.Version}}', 'latest'] });
    expect(lines.every((line) => line.includes('compression=uncompressed'))).toBe(true);
    const image = await readDockerArchive(artifacts[0]?.path ?? '');
    expect(image.tags).toEqual(['hello:1.2.3', 'hello:latest']);
    expect(image.names[0]).toBe('manifest.json');
  });

  it('DockerBuilder hands nothing on in a dry run, and says so', async () => {
    const { events, lines } = await built({ load: true, push: true }, { dryRun: true });
    expect(lines.filter((line) => /--load|push=true/.test(line))).toEqual([]);
    expect(events).toContainEqual({
      type: 'warning',
      message: 'Images are neither loaded nor pushed: this is a dry run.',
    });
  });
});

describe('Bad', () => {
  it('DockerBuilder refuses an image that buildx has made for another platform, and leaves nothing', async () => {
    const tools = only({ docker: docker({ makes: 'linux/s390x' }) });
    await using config = await builderConfig(tempDir({ Dockerfile: RECIPE }), { env: tools.env });
    await expect(new DockerBuilder().build(config, [AMD64])).rejects.toMatchObject({
      code: 'ERR_BUILD_IMAGE_INVALID',
      target: 'linux/amd64',
      message: 'Cannot use the image for linux/amd64: it says of itself that it is for linux/s390x',
    });
    expect(await config.medium.list(`${config.outputDir}/linux_amd64`)).toEqual([]);
  });

  it('DockerBuilder refuses what buildx cannot run, before it builds', async () => {
    const tools = only({ docker: docker({ platforms: 'linux/amd64*, linux/386' }) });
    const dir = tempDir({ Dockerfile: 'FROM alpine\nRUN make\n' });
    await using config = await builderConfig(dir, { env: tools.env });
    const builder = new DockerBuilder();
    await expect(builder.build(config, [AMD64, ARM64])).rejects.toMatchObject({
      code: 'ERR_BUILD_UNSUPPORTED_TARGET',
      target: 'linux/arm64',
      hint: expect.stringContaining('--platform=$BUILDPLATFORM'),
    });
    expect(commandLines(tools).filter((line) => line.includes('build --'))).toEqual([]);
    const chosen = await builder.chooseTargets(config, [AMD64, ARM64, { os: 'darwin', arch: 'arm64' }]);
    expect(chosen).toEqual([AMD64]);
  });
});
