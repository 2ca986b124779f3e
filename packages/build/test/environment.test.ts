import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import { renderName } from '../src/config/name-template.ts';
import { buildEnvironment } from '../src/release/environment.ts';
import { builderFor, isNodeProject, NodeBuilder, type ProjectType, registerBuilder } from '../src/index.ts';

const project = { name: 'n', version: '1', binary: 'b' };
const parts = { project, description: undefined, targets: [{ os: 'linux', arch: 'arm' }], outputDir: '/out' };

describe('buildEnvironment', () => {
  it('buildEnvironment adds what is built to what there is, and lets the configuration win', () => {
    const inherited = { PATH: '/bin', NAME: 'old', nothing: undefined };
    expect(buildEnvironment({ ...parts, description: 'd', own: ['VERSION=2', 'EMPTY='] }, inherited)).toEqual({
      ...{ PATH: '/bin', NAME: 'n', VERSION: '2', BINARY: 'b', OUTPUT_DIR: '/out', TARGETS: 'linux/arm' },
      ...{ DESCRIPTION: 'd', EMPTY: '' },
    });
  });

  it('buildEnvironment leaves out what belongs to the script that started the build, and keeps settings', () => {
    const inherited = {
      ...{
        npm_lifecycle_event: 'x',
        npm_lifecycle_script: 'x',
        npm_package_json: 'x',
        npm_command: 'x',
        INIT_CWD: 'x',
      },
      ...{ npm_config_local_prefix: 'x', npm_config_registry: 'kept', npm_config_cache: 'kept' },
    };
    const env = buildEnvironment({ ...parts, own: [] }, inherited);
    expect(Object.keys(env).filter((name) => /^npm|^INIT/i.test(name))).toEqual([
      'npm_config_registry',
      'npm_config_cache',
    ]);
  });
});

describe('renderName', () => {
  const fields = { Binary: 'b', Name: '@me/n', Version: '1+2', OS: 'linux', Arch: 'arm' };

  it('renderName puts fields in, and keeps the result one name', () => {
    expect(renderName('{{.Binary}}_{{ .OS }}_{{.Arch}}', fields)).toBe('b_linux_arm');
    expect(renderName('{{.Name}}-{{.Version}}', fields)).toBe('@me-n-1+2');
    expect(renderName('{{.Binary}}{{.Nope}}', { ...fields, Binary: '{{.OS}}' })).toBe('{{.OS}}{{.Nope}}');
  });
});

describe('registerBuilder', () => {
  it('registerBuilder replaces a builder and gives it back, also when it is taken back twice', async () => {
    const node = builderFor('node');
    expect(node).toBeInstanceOf(NodeBuilder);
    expect(await node.detect(new MemoryMedium({ 'package.json': '{}' }), '')).toBe(true);
    expect(await isNodeProject(new MemoryMedium(), '')).toBe(false);
    const other = { ...node, name: 'other' };
    const takeBack = registerBuilder('node', other);
    expect(builderFor('node')).toBe(other);
    const again = registerBuilder('node', { ...node, name: 'third' });
    takeBack(); // it is not the one any more
    expect(builderFor('node').name).toBe('third');
    again();
    takeBack();
    expect(builderFor('node')).toBe(node);
  });

  it('builderFor names what is supported', () => {
    expect(() => builderFor('cobol' as ProjectType)).toThrow(
      expect.objectContaining({
        code: 'ERR_BUILD_UNSUPPORTED_TYPE',
        projectType: 'cobol',
        hint: expect.stringMatching(/^Supported: wails, go, node, .*taskfile\./),
      }),
    );
  });
});
