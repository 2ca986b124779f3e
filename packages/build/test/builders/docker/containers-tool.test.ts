import { readdirSync } from 'node:fs';

import { needs } from '@core/tooling/needs';
import { describe, expect, it } from '@jest/globals';

import { DockerBuilder } from '../../../src/builders/docker/docker-builder.ts';
import { type BuildEvent, defaultConfig } from '../../../src/index.ts';
import { tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';
import { commandLines, golden } from './support/golden.ts';
import { imageStore } from './support/image-store.ts';
import { Registry } from './support/registry.ts';
import { only } from './support/stand-ins.ts';

const AMD64 = { os: 'linux', arch: 'amd64' };
const ARM64 = { os: 'linux', arch: 'arm64' };
const { docker } = defaultConfig({});
const RECIPE = 'FROM scratch\nARG VERSION\nCOPY app /app\nENTRYPOINT ["/app"]\n';
const PROJECT = { Dockerfile: RECIPE, app: 'the program' };

/** Leaves an image in the layout `dir`, and gives an id to what it pulls. */
const STAND_IN = `
const crypto = require('node:crypto');
if (args[0] === 'info' || args[0] === '--version') { console.log('version 5.2.1'); process.exit(0); }
if (args[0] === 'pull') console.log('1d0f');
const dest = args.at(-2)?.startsWith('dir:') ? args.at(-2).slice(4) : undefined;
if (dest !== undefined) {
  fs.mkdirSync(dest);
  const [os, architecture] = args[2].split('/');
  const bytes = Buffer.from(JSON.stringify({ os, architecture }));
  const hex = crypto.createHash('sha256').update(bytes).digest('hex');
  fs.writeFileSync(path.join(dest, hex), bytes);
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: 'sha256:' + hex, size: bytes.length };
  fs.writeFileSync(path.join(dest, 'manifest.json'), JSON.stringify({ schemaVersion: 2, config, layers: [] }));
}
`;

describe.each(['podman', 'buildah'] as const)('Good, with %s', (tool) => {
  const linesOf = async (change: Partial<typeof docker>): Promise<string[]> => {
    const tools = only({ [tool]: STAND_IN });
    const dir = tempDir(PROJECT);
    const env = { ...tools.env, XDG_RUNTIME_DIR: dir };
    await using config = await builderConfig(dir, { env, docker: { ...docker, ...change } });
    await new DockerBuilder().build(config, [ARM64, AMD64], {});
    // what they unpack is beside the archives, and gone with the build
    const large = tools
      .calls()
      .filter(({ args }) => ['build', 'pull', 'push'].includes(args[0] ?? '') || args[1] === 'push');
    expect(large.every(({ env }) => env['TMPDIR']?.startsWith(`${dir}/out/`))).toBe(true);
    const id = /core-build-[0-9a-f-]{36}/g;
    const lines = commandLines(tools, { project: dir, scratch: /\/\S*\/core-build-[0-9a-f-]{36}/g, id });
    const asked = lines.filter((line) => !/^\w+ (?:info|--version)/.test(line));
    // both are built at once
    return [...asked.slice(0, 2).sort(), ...asked.slice(2)];
  };

  it(`DockerBuilder runs ${tool} as its golden files say`, async () => {
    const more = { args: ['GREETING=good day'], load: true, push: true, tags: ['{{.Version}}', 'latest'] };
    expect(await linesOf({ ...more, image: 'ghcr.io/me/hello' })).toEqual(golden(tool));
    expect(await linesOf({ output: 'docker', push: true })).toEqual(golden(`${tool}-docker`));
  });
});

interface Index {
  readonly mediaType: string;
  readonly manifests: readonly { readonly digest: string; readonly platform: { readonly architecture: string } }[];
}

describe.each(['podman', 'buildah'] as const)('Good, with a real %s', (tool) => {
  needs(
    tool,
    'openssl',
    'root',
  )(`DockerBuilder pushes one image for two platforms with ${tool}`, async () => {
    await using registry = await Registry.open();
    const store = imageStore(registry.env);
    const env = { ...store.env, CORE_BUILD_IMAGE_TOOL: tool };
    const settings = { ...docker, image: `${registry.host}/me/hello`, push: true, tags: ['{{.Version}}', 'latest'] };
    await using config = await builderConfig(tempDir(PROJECT), { env, docker: settings });
    await new DockerBuilder().build(config, [AMD64, ARM64]);
    const index = registry.json('me/hello:1.2.3') as Index;
    expect(index).toEqual(registry.json('me/hello:latest'));
    expect(index.mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(index.manifests.map(({ platform }) => platform.architecture)).toEqual(['amd64', 'arm64']);
    // what is pushed is what is in the archives
    const archives = index.manifests.map(async ({ digest, platform }) => {
      const file = await config.medium.readBytes(`${config.outputDir}/linux_${platform.architecture}/hello.tar`);
      return Buffer.from(file).includes(digest.slice('sha256:'.length));
    });
    expect(await Promise.all(archives)).toEqual([true, true]);
    expect(store.contents(tool)).toEqual([]);
  });

  needs(tool, 'root')(
    `DockerBuilder loads images with ${tool}, that of this machine under the plain name`,
    async () => {
      const store = imageStore();
      const env = { ...store.env, CORE_BUILD_IMAGE_TOOL: tool };
      await using config = await builderConfig(tempDir(PROJECT), { env, docker: { ...docker, load: true } });
      const other = process.arch === 'x64' ? ARM64 : AMD64;
      await new DockerBuilder().build(config, [AMD64, ARM64]);
      const arch = (name: string) => {
        const [image] = JSON.parse(store.ask('podman', 'image', 'inspect', name)) as [{ Architecture: string }];
        return image.Architecture;
      };
      expect(arch('localhost/hello:1.2.3')).not.toBe(other.arch);
      expect(arch(`localhost/hello:1.2.3-${other.arch}`)).toBe(other.arch);
      expect(arch('docker.io/library/hello:1.2.3')).not.toBe(other.arch);
    },
  );
});

describe('Bad', () => {
  needs(
    'podman',
    'openssl',
    'root',
  )('DockerBuilder gives the words of a registry that refuses', async () => {
    await using registry = await Registry.open();
    const store = imageStore({ ...registry.env, SSL_CERT_FILE: '/dev/null' });
    const env = { ...store.env, CORE_BUILD_IMAGE_TOOL: 'podman' };
    const settings = { ...docker, image: `${registry.host}/me/hello`, push: true };
    await using config = await builderConfig(tempDir(PROJECT), { env, docker: settings });
    await expect(new DockerBuilder().build(config, [AMD64])).rejects.toMatchObject({
      code: 'ERR_BUILD_COMMAND_FAILED',
      command: expect.stringContaining('podman manifest push --all'),
      output: expect.stringContaining('certificate'),
    });
    expect(store.contents('podman')).toEqual([]);
  });
});

describe('Ugly', () => {
  needs(
    'podman',
    'openssl',
    'root',
  )('DockerBuilder takes its list back when a push is cancelled', async () => {
    await using registry = await Registry.open();
    const store = imageStore(registry.env);
    const env = { ...store.env, CORE_BUILD_IMAGE_TOOL: 'podman' };
    const settings = { ...docker, image: `${registry.host}/me/hello`, push: true };
    await using config = await builderConfig(tempDir(PROJECT), { env, docker: settings });
    const controller = new AbortController();
    const reason = new Error('enough');
    const onEvent = (event: BuildEvent) => {
      if (event.type === 'command-started' && event.command.includes('manifest push')) controller.abort(reason);
    };
    const { signal } = controller;
    await expect(new DockerBuilder().build(config, [AMD64], { onEvent, signal })).rejects.toBe(reason);
    expect(store.contents('podman')).toEqual([]);
    expect(readdirSync(config.outputDir)).toEqual(['linux_amd64']);
  });
});
