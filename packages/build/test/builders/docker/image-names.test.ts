import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { fullName, localReferencesOf, namedImages, referencesOf } from '../../../src/builders/docker/image-names.ts';
import { hostTarget } from '../../../src/builders/kit/host-target.ts';
import { type BuilderConfig, defaultConfig } from '../../../src/index.ts';

const AMD64 = { os: 'linux', arch: 'amd64' };
const ARM64 = { os: 'linux', arch: 'arm64' };
const RISCV = { os: 'linux', arch: 'riscv64' };
const { docker } = defaultConfig({});

function config(change: Partial<BuilderConfig['docker']>, name = 'hello', version = '1.2.3'): BuilderConfig {
  const project = { name, version, binary: 'hello' };
  return { docker: { ...docker, ...change }, project } as Partial<BuilderConfig> as BuilderConfig;
}
const references = (...parameters: Parameters<typeof config>) =>
  namedImages(config(...parameters), [AMD64, ARM64]).map(({ reference }) => reference);

describe('Good', () => {
  it('namedImages puts the fields into the tags, and groups what has one name', () => {
    const tags = ['{{.Version}}', 'latest', '{{.Version}}-{{ .Arch }}'];
    expect(namedImages(config({ tags }), [AMD64, ARM64])).toEqual([
      { reference: 'hello:1.2.3', targets: [AMD64, ARM64] },
      { reference: 'hello:latest', targets: [AMD64, ARM64] },
      { reference: 'hello:1.2.3-amd64', targets: [AMD64] },
      { reference: 'hello:1.2.3-arm64', targets: [ARM64] },
    ]);
    expect(references({ tags: [] })).toEqual([]);
  });

  it('namedImages takes the image that is configured, else what the project may be called', () => {
    expect(references({ image: 'ghcr.io/me/hello' })).toEqual(['ghcr.io/me/hello:1.2.3']);
    expect(references({ image: 'localhost:5000/hello' })).toEqual(['localhost:5000/hello:1.2.3']);
    expect(references({}, '@Me/My App!')).toEqual(['me/my-app:1.2.3']);
    expect(references({}, '...')).toEqual(['app:1.2.3']);
    expect(references({}, 'hello', '1.2.3+build.5')).toEqual(['hello:1.2.3-build.5']);
  });

  it('localReferencesOf gives a shared name to the image of this machine', () => {
    const host = { os: 'linux', arch: hostTarget().arch };
    const images = namedImages(config({ tags: ['1', '1-{{.Arch}}'] }), [RISCV, host]);
    expect(localReferencesOf(images, host)).toEqual(['hello:1', `hello:1-${host.arch}`]);
    expect(localReferencesOf(images, RISCV)).toEqual(['hello:1-riscv64']);
    expect(referencesOf(images, RISCV)).toEqual(['hello:1', 'hello:1-riscv64']);
    expect(localReferencesOf(namedImages(config({}), [RISCV]), RISCV)).toEqual(['hello:1.2.3']);
  });

  it('fullName spells a name as Docker does', () => {
    expect(['a:1', 'me/a:1', 'ghcr.io/a:1', 'localhost/a:1', 'host:5000/a:1'].map(fullName)).toEqual([
      'docker.io/library/a:1',
      'docker.io/me/a:1',
      'ghcr.io/a:1',
      'localhost/a:1',
      'host:5000/a:1',
    ]);
  });

  it('namedImages finds a name for every project', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(references({}, name)).toHaveLength(1);
      }),
    );
  });
});

describe('Bad', () => {
  it.each([
    ['an image with a tag', { image: 'me/hello:1' }, 'docker.image'],
    ['an image that is none', { image: 'me//hello' }, 'docker.image'],
    ['a tag that is none', { tags: ['{{.Name}} {{.Version}}'] }, 'docker.tags'],
    ['a tag that begins with a dot', { tags: ['.a'] }, 'docker.tags'],
    ['a push without a tag', { push: true, tags: [] }, 'docker.tags'],
  ])('namedImages refuses %s', (_, change, key) => {
    const error = expect.objectContaining({ code: 'ERR_BUILD_CONFIG_INVALID', key });
    expect(() => namedImages(config(change), [AMD64])).toThrow(error);
  });
});
