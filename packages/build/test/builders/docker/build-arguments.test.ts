import { describe, expect, it } from '@jest/globals';

import { buildArguments } from '../../../src/builders/docker/build-arguments.ts';
import { parseRecipe } from '../../../src/builders/docker/recipe.ts';
import { defaultConfig } from '../../../src/index.ts';

const { docker } = defaultConfig({});
const of = (recipe: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) => {
  const project = { name: 'hello', version: '1.2.3', binary: 'hello' };
  return buildArguments({ docker: { ...docker, args }, env, project }, parseRecipe(recipe), 42);
};

describe('Good', () => {
  it('buildArguments gives the version and the date to recipes that ask for them', () => {
    expect(of('FROM x\n')).toEqual({ options: [], env: {} });
    expect(of('FROM x\nARG VERSION\nARG SOURCE_DATE_EPOCH\n')).toEqual({
      options: ['--build-arg', 'VERSION', '--build-arg', 'SOURCE_DATE_EPOCH=42'],
      env: { VERSION: '1.2.3' },
    });
  });

  it('buildArguments lets the configuration win, and takes values with equals signs', () => {
    expect(of('ARG VERSION\n', ['VERSION=9', 'A=b=c'])).toEqual({
      options: ['--build-arg', 'VERSION', '--build-arg', 'A'],
      env: { VERSION: '9', A: 'b=c' },
    });
  });

  it('buildArguments takes a name without a value from the environment, where it is there', () => {
    expect(of('', ['TOKEN', 'OTHER'], { TOKEN: 'secret' })).toEqual({
      options: ['--build-arg', 'TOKEN'],
      env: { TOKEN: 'secret' },
    });
  });
});

describe('Ugly', () => {
  it.each(['PATH', 'HOME', 'TMPDIR', 'DOCKER_HOST', 'STORAGE_DRIVER', 'BUILDAH_ISOLATION', 'XDG_RUNTIME_DIR'])(
    'buildArguments does not change how the tool works: %s',
    (name) => {
      expect(of('', [`${name}=x`])).toEqual({ options: ['--build-arg', `${name}=x`], env: {} });
    },
  );
});
