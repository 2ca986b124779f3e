import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import { ignoredFiles } from '../../../src/builders/docker/context-filter.ts';
import { type BuilderConfig, encodeManifest } from '../../../src/index.ts';

const linesOf = async (
  files: Readonly<Record<string, string>>,
  outputDir = 'app/out',
  file = 'Dockerfile',
): Promise<string[]> => {
  const medium = new MemoryMedium(files);
  const config = { medium, dir: 'app', outputDir } as Partial<BuilderConfig> as BuilderConfig;
  return (await ignoredFiles(config, { file }, {})).split('\n');
};
const MANIFEST = encodeManifest({
  project: { name: 'hello', version: '1.0.0', type: 'docker' },
  artifacts: [
    { path: 'linux_amd64/a[b].tar', os: 'linux', arch: 'amd64', kind: 'image', size: 1, sha256: '0'.repeat(64) },
  ],
  archives: [],
  files: [],
  signatures: [],
  tools: {},
  attestations: [],
});

describe('Good', () => {
  it('ignoredFiles adds the output folder to the list of the project', async () => {
    expect(await linesOf({ 'app/.dockerignore': 'a\n!b\n\n' })).toEqual(['a', '!b', '**/.core-io-*', 'out', '']);
    expect(await linesOf({})).toEqual(['**/.core-io-*', 'out', '']);
  });

  it('ignoredFiles takes the list of the recipe, then that of podman, then that of docker', async () => {
    const files = {
      'app/x/Dockerfile.dockerignore': 'own',
      'app/.containerignore': 'podman',
      'app/.dockerignore': 'docker',
    };
    expect((await linesOf(files, 'app/out', 'x/Dockerfile'))[0]).toBe('own');
    expect((await linesOf(files))[0]).toBe('podman');
    expect((await linesOf({ 'app/.dockerignore': 'docker' }))[0]).toBe('docker');
  });

  it('ignoredFiles names the release before and all that are under way, and nothing else of the output folder', async () => {
    const files = { 'app/dist/manifest.json': MANIFEST, 'app/dist/own.txt': '' };
    expect(await linesOf(files, 'app/dist/.release-1f/new')).toEqual([
      '**/.core-io-*',
      'dist/linux_amd64',
      'dist/linux_amd64/a\\[b\\].tar',
      'dist/manifest.json',
      'dist/.release-*',
      '',
    ]);
  });
});

describe('Bad', () => {
  it('ignoredFiles takes a manifest that is none for a file of the project', async () => {
    const files = { 'app/dist/manifest.json': '{"name":"My web app"}' };
    expect(await linesOf(files, 'app/dist/.release-1f/new')).toEqual(['**/.core-io-*', 'dist/.release-*', '']);
  });

  it('ignoredFiles does not name what is outside the project', async () => {
    expect(await linesOf({}, 'elsewhere/.release-1f/new')).toEqual(['**/.core-io-*', '']);
    expect(await linesOf({}, 'app')).toEqual(['**/.core-io-*', '']);
  });
});
