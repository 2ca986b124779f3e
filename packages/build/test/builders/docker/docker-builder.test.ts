import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { localMedium, MemoryMedium } from '@core/io';
import { needs } from '@core/tooling/needs';
import { describe, expect, it } from '@jest/globals';

import { DockerBuilder } from '../../../src/builders/docker/docker-builder.ts';
import { type BuilderConfig, type BuildEvent, buildProject, defaultConfig, verifyRelease } from '../../../src/index.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';
import { imageStore } from './support/image-store.ts';
import { readDockerArchive, readOciArchive } from './support/read-image.ts';
import { copyShell } from './support/shell-files.ts';
import { only } from './support/stand-ins.ts';

const AMD64 = { os: 'linux', arch: 'amd64' };
const ARM64 = { os: 'linux', arch: 'arm64' };
const { docker } = defaultConfig({});

const RECIPE = `FROM scratch
ARG VERSION=none
ARG TARGETARCH
ARG GREETING
LABEL org.opencontainers.image.title=hello org.opencontainers.image.version=$VERSION
ENV ARCH=$TARGETARCH GREETING=$GREETING
COPY . /src
ENTRYPOINT ["/src/app"]
`;

describe.each(['buildah', 'podman'] as const)('Good, with %s', (tool) => {
  const inStore = (more: Partial<BuilderConfig> = {}) => {
    const store = imageStore();
    return { store, change: { env: { ...store.env, CORE_BUILD_IMAGE_TOOL: tool }, ...more } };
  };

  needs(tool, 'root')(`DockerBuilder makes an OCI archive for each target with ${tool}`, async () => {
    const dir = tempDir({ Dockerfile: RECIPE, app: 'the program', 'docs/a.md': 'a', '.dockerignore': 'docs\n' });
    const { change, store } = inStore({ docker: { ...docker, args: ['GREETING=good day'] } });
    await using config = await builderConfig(dir, change);
    const artifacts = await new DockerBuilder().build(config, [ARM64, AMD64]);
    expect(artifacts.map(({ path, kind }) => [path.slice(dir.length), kind])).toEqual([
      ['/out/linux_arm64/hello.tar', 'image'],
      ['/out/linux_amd64/hello.tar', 'image'],
    ]);
    for (const { path, arch } of artifacts) {
      const image = await readOciArchive(path);
      expect(image.config).toMatchObject({ os: 'linux', architecture: arch, created: '1980-01-01T00:00:00Z' });
      expect(image.config.config.Env).toEqual(expect.arrayContaining([`ARCH=${arch}`, 'GREETING=good day']));
      expect(image.config.config.Entrypoint).toEqual(['/src/app']);
      expect(image.config.config.Labels).toMatchObject({ 'org.opencontainers.image.version': '1.2.3' });
      expect(image.files).toMatchObject({ 'src/app': 'the program' });
      expect(Object.keys(image.files).filter((name) => /docs|out/.test(name))).toEqual([]);
      expect(image.annotations).toEqual({
        'org.opencontainers.image.ref.name': 'hello:1.2.3',
        'io.containerd.image.name': 'docker.io/library/hello:1.2.3',
      });
      expect(image.text('oci-layout')).toBe('{"imageLayoutVersion":"1.0.0"}');
    }
    expect(readdirSync(join(dir, 'out/linux_amd64'))).toEqual(['hello.tar']);
    expect(store.contents(tool)).toEqual([]);
  });

  needs(tool, 'root')(`DockerBuilder makes what docker load reads with ${tool}, twice the same`, async () => {
    const recipe = `${RECIPE}HEALTHCHECK CMD ["/src/app", "--ok"]\n`;
    const once = async () => {
      const { change } = inStore({ docker: { ...docker, output: 'docker', tags: ['{{.Version}}', 'latest'] } });
      const dir = tempDir({ Containerfile: recipe, app: 'the program' });
      await using config = await builderConfig(dir, change);
      const [artifact] = await new DockerBuilder().build(config, [AMD64]);
      return artifact?.path ?? '';
    };
    const [one, other] = [await once(), await once()];
    expect(readFileSync(one).equals(readFileSync(other))).toBe(true);
    const image = await readDockerArchive(one);
    expect(image.tags).toEqual(['hello:1.2.3', 'hello:latest']);
    expect(image.config.config).toMatchObject({ Hostname: '', Healthcheck: { Test: ['CMD', '/src/app', '--ok'] } });
    expect(image.files).toMatchObject({ 'src/app': 'the program' });
    const { store } = inStore();
    store.ask(tool, 'pull', '--quiet', `docker-archive:${one}`);
    expect(store.contents(tool).join(' ')).toContain('hello:latest');
  });

  needs(
    tool,
    'root',
    'mount',
  )(`DockerBuilder runs commands with ${tool}, twice the same, in a folder with spaces`, async () => {
    const once = async () => {
      const dir = join(tempDir({ 'a b/Dockerfile': 'FROM scratch\nCOPY root /\nRUN echo made > /made\n' }), 'a b');
      copyShell(join(dir, 'root'));
      const { change, store } = inStore();
      await using config = await builderConfig(dir, change);
      const [artifact] = await new DockerBuilder().build(config, [AMD64]);
      expect(store.contents(tool)).toEqual([]);
      return artifact?.path ?? '';
    };
    const [one, other] = [await once(), await once()];
    expect((await readOciArchive(one)).files['made']).toBe('made\n');
    expect(readFileSync(one).equals(readFileSync(other))).toBe(true);
  });

  needs(tool, 'root')(`DockerBuilder gives values of arguments by the environment with ${tool}`, async () => {
    const recipe =
      'FROM scratch\nARG API_TOKEN\nARG DATE\nARG SOURCE_DATE_EPOCH\nCOPY . /\nLABEL t=$API_TOKEN d=$DATE e=$SOURCE_DATE_EPOCH\n';
    const dir = tempDir({ Dockerfile: recipe });
    const { change } = inStore({ docker: { ...docker, args: ['API_TOKEN', 'DATE=today'] } });
    const env = { ...change.env, API_TOKEN: 's3cr3t-value', SOURCE_DATE_EPOCH: '1600000000' };
    await using config = await builderConfig(dir, { ...change, env });
    const events: BuildEvent[] = [];
    const [artifact] = await new DockerBuilder().build(config, [AMD64], { onEvent: (event) => events.push(event) });
    expect(JSON.stringify(events)).not.toContain('s3cr3t-value');
    expect(JSON.stringify(events)).toContain('--build-arg API_TOKEN --build-arg DATE ');
    const { config: image } = await readOciArchive(artifact?.path ?? '');
    expect(image.config.Labels).toMatchObject({ t: 's3cr3t-value', d: 'today', e: '1600000000' });
    expect(image.created).toBe('2020-09-13T12:26:40Z');
  });
});

describe('Good', () => {
  needs(
    'buildah',
    'podman',
    'root',
  )('DockerBuilder makes the same with podman and buildah', async () => {
    const files = { Dockerfile: RECIPE, app: 'the program', 'b/c': 'c' };
    const archives = ['buildah', 'podman'].map(async (tool) => {
      const { env } = imageStore();
      await using config = await builderConfig(tempDir(files), { env: { ...env, CORE_BUILD_IMAGE_TOOL: tool } });
      const [artifact] = await new DockerBuilder().build(config, [ARM64]);
      return await readOciArchive(artifact?.path ?? '');
    });
    const [one, other] = await Promise.all(archives);
    expect(one?.files).toEqual(other?.files);
    expect(one?.config.config).toEqual(other?.config.config);
  });

  needs('buildah', 'root')('buildProject releases images, and no image sees the release before', async () => {
    const config = 'project: { name: hello, version: 2.0.0 }\n';
    const files = { Dockerfile: 'FROM scratch\nCOPY . /\n', app: 'the program', '.core/build.yaml': config };
    const dir = tempDir({ ...files, 'dist/own.txt': 'own' });
    const before = { ...process.env };
    Object.assign(process.env, imageStore().env, { CORE_BUILD_IMAGE_TOOL: 'buildah' });
    try {
      const first = await buildProject({ medium: localMedium(), dir });
      expect(first.archives.map(({ path }) => path.slice(dir.length))).toEqual([
        '/dist/hello_linux_amd64.tar.gz',
        '/dist/hello_linux_arm64.tar.gz',
      ]);
      const second = await buildProject({ medium: localMedium(), dir });
      expect(second.manifest).toEqual(first.manifest);
      expect((await verifyRelease(localMedium(), join(dir, 'dist'))).ok).toBe(true);
      expect(second.manifest.tools).toMatchObject({ buildah: expect.stringMatching(/^\d+\.\d+/) });
      const image = await readOciArchive(join(dir, 'dist/linux_amd64/hello.tar'));
      expect(Object.keys(image.files).sort()).toEqual(['.core/build.yaml', 'Dockerfile', 'app', 'dist/own.txt']);
      const memory = new MemoryMedium(files);
      const third = await buildProject({ medium: memory, dir: '' });
      expect(third.manifest.artifacts.map(({ path }) => path)).toEqual([
        'linux_amd64/hello.tar',
        'linux_arm64/hello.tar',
      ]);
      expect(await memory.exists('dist/linux_amd64/.image')).toBe(false);
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
    }
  });
});

describe.each(['buildah', 'podman'] as const)('Bad, with %s', (tool) => {
  const refusal = async (files: Files, more: Partial<BuilderConfig> = {}) => {
    const store = imageStore();
    const dir = tempDir(files);
    const env = { ...store.env, CORE_BUILD_IMAGE_TOOL: tool };
    await using config = await builderConfig(dir, { env, ...more });
    const error: unknown = await new DockerBuilder().build(config, [AMD64]).catch((reason: unknown) => reason);
    expect(store.contents(tool)).toEqual([]);
    expect(readdirSync(join(dir, 'out/linux_amd64'))).toEqual([]);
    return error;
  };

  needs(tool, 'root')(`DockerBuilder gives the words of ${tool} for mistakes in the recipe`, async () => {
    expect(await refusal({ Dockerfile: 'FROM scratch\nCOPYY a b\n' })).toMatchObject({
      code: 'ERR_BUILD_COMMAND_FAILED',
      output: expect.stringContaining('COPYY'),
    });
    expect(await refusal({ Dockerfile: 'FROM scratch\nCOPY missing.txt /\n' })).toMatchObject({
      code: 'ERR_BUILD_COMMAND_FAILED',
      output: expect.stringContaining('missing.txt'),
      command: expect.stringContaining(`${tool} build --platform linux/amd64 --file Dockerfile`),
    });
    expect(await refusal({ Dockerfile: 'FROM no-such-image-anywhere\n' })).toMatchObject({
      code: 'ERR_BUILD_COMMAND_FAILED',
      output: expect.stringContaining('no-such-image-anywhere'),
    });
  });

  needs(
    tool,
    'root',
    'mount',
  )(`DockerBuilder leaves nothing of a command that fails, or is ended, with ${tool}`, async () => {
    const dir = tempDir({ Dockerfile: 'FROM scratch\nCOPY root /\nRUN echo begun; exit 3\n' });
    copyShell(join(dir, 'root'));
    const store = imageStore();
    const env = { ...store.env, CORE_BUILD_IMAGE_TOOL: tool };
    await using config = await builderConfig(dir, { env });
    const builder = new DockerBuilder();
    await expect(builder.build(config, [AMD64])).rejects.toMatchObject({ code: 'ERR_BUILD_COMMAND_FAILED' });
    expect(store.contents(tool)).toEqual([]);

    writeFileSync(join(dir, 'Dockerfile'), 'FROM scratch\nCOPY root /\nRUN echo begun; while :; do :; done\n');
    const { signal, abort } = cancellation();
    const reason = new Error('enough');
    const onEvent = (event: BuildEvent) => {
      if (event.type === 'command-output' && event.line === 'begun') abort(reason);
    };
    await expect(builder.build(config, [AMD64], { signal, onEvent })).rejects.toBe(reason);
    expect(store.contents(tool)).toEqual([]);
    expect(readdirSync(join(dir, 'out/linux_amd64'))).toEqual([]);
    expect(processesWith(dir)).toEqual([]);
  });
});

describe('Bad', () => {
  it('DockerBuilder refuses a recipe that is not there, and targets that are not for Linux, before it asks a tool', async () => {
    const build = async (files: Files, change: Partial<BuilderConfig['docker']>, target = AMD64) => {
      await using config = await builderConfig(tempDir(files), { docker: { ...docker, ...change }, env: only({}).env });
      return await new DockerBuilder().build(config, [target]);
    };
    await expect(build({}, {})).rejects.toMatchObject({
      code: 'ERR_BUILD_NO_ENTRY',
      hint: expect.stringContaining('Write'),
    });
    const other = { file: './docker/Dockerfile.prod' };
    await expect(build({ Dockerfile: RECIPE }, other)).rejects.toMatchObject({
      code: 'ERR_BUILD_NO_ENTRY',
      key: 'docker.file',
    });
    await expect(build({ Dockerfile: RECIPE }, {}, { os: 'windows', arch: 'amd64' })).rejects.toMatchObject({
      code: 'ERR_BUILD_UNSUPPORTED_TARGET',
      target: 'windows/amd64',
    });
    const there = { 'docker/Dockerfile.prod': RECIPE };
    await expect(build(there, other)).rejects.toMatchObject({ code: 'ERR_BUILD_TOOL_MISSING' });
  });

  it('DockerBuilder leaves the choice of targets to the build where recipe or tool are missing', async () => {
    await using config = await builderConfig(tempDir(), { env: only({}).env });
    const targets = [AMD64, { os: 'darwin', arch: 'arm64' }];
    expect(await new DockerBuilder().chooseTargets(config, targets)).toEqual([AMD64]);
  });
});

/** What runs with a text in its command line. Linux only. */
function processesWith(text: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

function cancellation(): { readonly signal: AbortSignal; readonly abort: (reason: Error) => void } {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    abort: (reason) => {
      controller.abort(reason);
    },
  };
}
