import { describe, expect, it } from '@jest/globals';

import { chooseTool, requiredTool } from '../../../src/builders/docker/choose-tool.ts';
import { DockerBuilder } from '../../../src/builders/docker/docker-builder.ts';
import type { BuilderConfig } from '../../../src/index.ts';
import { tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';
import { docker, only, says } from './support/stand-ins.ts';

const PODMAN = says('5.2.1');
const BUILDAH = says('buildah version 1.37.0 (image-spec 1.1.0, runtime-spec 1.2.0)');

async function withTools<T>(
  scripts: Readonly<Record<string, string>>,
  work: (config: BuilderConfig) => Promise<T>,
  more: Readonly<Record<string, string>> = {},
): Promise<T> {
  const dir = tempDir({ Dockerfile: 'FROM scratch\nCOPY . /\n' });
  await using config = await builderConfig(dir, { env: { ...only(scripts).env, ...more } });
  return await work(config);
}

const chosen = (scripts: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) =>
  withTools(scripts, async (config) => (await chooseTool(config, {})).tool?.name, more);

describe('Good', () => {
  it('chooseTool takes buildx before podman before buildah', async () => {
    expect(await chosen({ docker: docker(), podman: PODMAN, buildah: BUILDAH })).toBe('buildx');
    expect(await chosen({ podman: PODMAN, buildah: BUILDAH })).toBe('podman');
    expect(await chosen({ buildah: BUILDAH })).toBe('buildah');
  });

  it('chooseTool takes buildx only where its engine and its builder can do the work', async () => {
    const others = { buildah: BUILDAH };
    expect(await chosen({ ...others, docker: docker({ engine: false }) })).toBe('buildah');
    expect(await chosen({ ...others, docker: docker({ buildx: false }) })).toBe('buildah');
    expect(await chosen({ ...others, docker: docker({ version: 'podman version 5.2.1' }) })).toBe('buildah');
    expect(await chosen({ ...others, docker: docker({ driver: 'docker' }) })).toBe('buildah');
    expect(await chosen({ ...others, docker: docker({ driver: 'docker', containerd: true }) })).toBe('buildx');
  });

  it('chooseTool takes the tool that the environment names', async () => {
    const all = { docker: docker(), podman: PODMAN, buildah: BUILDAH };
    expect(await chosen(all, { CORE_BUILD_IMAGE_TOOL: 'buildah' })).toBe('buildah');
    expect(await chosen(all, { CORE_BUILD_IMAGE_TOOL: '' })).toBe('buildx');
    expect(await chosen(all, { CORE_BUILD_IMAGE_TOOL: 'podman' })).toBe('podman');
  });

  it('DockerBuilder.tools names the tool with its version', async () => {
    const tools = (scripts: Readonly<Record<string, string>>) =>
      withTools(scripts, (config) => new DockerBuilder().tools(config));
    expect(await tools({ buildah: BUILDAH })).toEqual({ buildah: '1.37.0' });
    expect(await tools({ podman: PODMAN })).toEqual({ podman: '5.2.1' });
    expect(await tools({ docker: docker() })).toEqual({ buildx: '0.23.0' });
    expect(await tools({})).toEqual({});
  });
});

describe('Bad', () => {
  it('requiredTool says of every tool what it is missing, and how to get one', async () => {
    const scripts = { docker: docker({ engine: false }), podman: says('Error: no such machine', 125) };
    await withTools(scripts, async (config) => {
      await expect(requiredTool(config, {})).rejects.toMatchObject({
        code: 'ERR_BUILD_TOOL_MISSING',
        tool: 'buildx, podman, buildah',
        message:
          'Cannot build an image: no tool for it works on this machine (buildx: its engine does not answer ' +
          '(Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?); ' +
          'podman: it does not work (Error: no such machine); buildah: there is no buildah)',
        hint: expect.stringMatching(/Docker.*apt-get install podman.*apt-get install buildah/s),
      });
    });
  });

  it('requiredTool tells an engine that is not there from a plugin that is not', async () => {
    const reason = (scripts: Readonly<Record<string, string>>) =>
      withTools(scripts, async (config) => (await chooseTool(config, {})).reasons[0]);
    expect(await reason({})).toBe('buildx: there is no docker');
    expect(await reason({ docker: docker({ buildx: false }) })).toBe('buildx: docker has no buildx');
    expect(await reason({ docker: docker({ driver: 'docker' }) })).toContain('docker buildx create --use');
    const broken = docker().replace(/console\.log\("Name:.*?process\.exit\(0\)/s, 'process.exit(1)');
    expect(await reason({ docker: broken })).toBe('buildx: its builder does not answer ()');
  });

  it('chooseTool refuses a tool that it does not know', async () => {
    await expect(chosen({}, { CORE_BUILD_IMAGE_TOOL: 'kaniko' })).rejects.toMatchObject({
      code: 'ERR_BUILD_CONFIG_INVALID',
      key: 'CORE_BUILD_IMAGE_TOOL',
      hint: expect.stringContaining('buildx, podman, buildah'),
    });
  });
});

describe('Ugly', () => {
  it('chooseTool ends a question that is never answered when it is cancelled', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const hanging = only({ docker: 'setInterval(() => {}, 1000)' });
    await using config = await builderConfig(tempDir({ Dockerfile: 'FROM scratch' }), { env: hanging.env });
    const choice = chooseTool(config, { signal: controller.signal });
    controller.abort(reason);
    await expect(choice).rejects.toBe(reason);
  });
});
