import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import { moduleName, readModulePath } from '../../../src/builders/go/go-mod.ts';

const pathIn = (text: string): Promise<string | undefined> => readModulePath(new MemoryMedium({ 'go.mod': text }), '');

describe('readModulePath', () => {
  describe('Good', () => {
    it.each([
      ['a plain one', 'module example.com/hello\n\ngo 1.21\n', 'example.com/hello'],
      ['one in quotes', 'go 1.21\nmodule "example.com/hello"', 'example.com/hello'],
      ['a raw one', 'module `example.com/hello`', 'example.com/hello'],
      ['one in a block', 'module (\n  // the name\n  example.com/hello\n)', 'example.com/hello'],
      [
        'one after comments',
        '// module example.com/old\nmodule example.com/hello // Deprecated: no',
        'example.com/hello',
      ],
      [
        'Windows’ lines, tabs and a byte order mark',
        '\uFEFF\tmodule\texample.com/hello/v2\r\n',
        'example.com/hello/v2',
      ],
    ])('readModulePath reads %s', async (_, text, path) => {
      expect(await pathIn(text)).toBe(path);
    });

    it('readModulePath finds none where there is no go.mod', async () => {
      expect(await readModulePath(new MemoryMedium({ 'go.mod': {} }), '')).toBeUndefined();
      expect(await readModulePath(new MemoryMedium(), 'nowhere')).toBeUndefined();
    });
  });

  describe('Bad', () => {
    it.each(['', 'go 1.21', 'modules example.com/x', '// module x', 'module', 'require example.com/module v1.0.0'])(
      'readModulePath refuses a go.mod without a module: %j',
      async (text) => {
        await expect(pathIn(text)).rejects.toMatchObject({ code: 'ERR_BUILD_PACKAGE_INVALID', path: 'go.mod' });
      },
    );
  });
});

describe('moduleName', () => {
  it.each([
    ['example.com/hello', 'hello'],
    ['example.com/hello/v2', 'hello'],
    ['example.com/hello/v10/', 'hello'],
    ['gopkg.in/yaml.v3', 'yaml'],
    ['example.com/yaml.v3', 'yaml.v3'],
    ['hello', 'hello'],
    ['v2', 'v2'],
  ])('moduleName of %s is %s', (path, name) => {
    expect(moduleName(path)).toBe(name);
  });
});
