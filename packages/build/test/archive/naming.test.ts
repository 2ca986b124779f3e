import { describe, expect, it } from '@jest/globals';

import { archivePath, entryName } from '../../src/archive/naming.ts';

const artifact = (path: string, os = 'linux', arch = 'amd64'): { path: string; os: string; arch: string } => ({
  path,
  os,
  arch,
});

describe('archivePath', () => {
  describe('Good', () => {
    it.each([
      ['dist/linux_amd64/myapp', 'linux', 'dist/myapp_linux_amd64.x'],
      ['linux_amd64/myapp', 'linux', 'myapp_linux_amd64.x'],
      ['/abs/dist/linux_amd64/myapp', 'linux', '/abs/dist/myapp_linux_amd64.x'],
      ['/linux_amd64/myapp', 'linux', '/myapp_linux_amd64.x'],
      ['dist/windows_amd64/myapp.exe', 'windows', 'dist/myapp_windows_amd64.x'],
      ['dist/windows_amd64/MyApp.EXE', 'windows', 'dist/MyApp_windows_amd64.x'],
      ['dist/windows_amd64/tool.js', 'windows', 'dist/tool_windows_amd64.x'],
      ['dist/windows_amd64/tool.cmd', 'windows', 'dist/tool_windows_amd64.x'],
      ['dist/linux_amd64/tool.js', 'linux', 'dist/tool.js_linux_amd64.x'],
      ['dist/darwin_amd64/My App.app', 'darwin', 'dist/My App_darwin_amd64.x'],
      ['dist/linux_amd64/v1.2', 'linux', 'dist/v1.2_linux_amd64.x'],
      ['dist/linux_amd64/.exe', 'linux', 'dist/.exe_linux_amd64.x'],
      ['dist/linux_amd64/myapp/', 'linux', 'dist/myapp_linux_amd64.x'],
      ['dist/linux_amd64/lib/deep/x.so', 'linux', 'dist/x.so_linux_amd64.x'],
    ])('archivePath of %s for %s is %s', (path, os, wanted) => {
      expect(archivePath(artifact(path, os), '.x')).toBe(wanted);
    });

    it.each([
      ['dist/myapp', 'dist/myapp_linux_amd64.x'],
      ['a/b/c/myapp', 'a/b/c/myapp_linux_amd64.x'],
      ['myapp', 'myapp_linux_amd64.x'],
      ['/myapp', '/myapp_linux_amd64.x'],
      ['dist/linux_arm64/myapp', 'dist/linux_arm64/myapp_linux_amd64.x'],
    ])('archivePath of %s, in no folder of its target, is beside it: %s', (path, wanted) => {
      expect(archivePath(artifact(path), '.x')).toBe(wanted);
    });

    it('archivePath takes a name', () => {
      expect(archivePath(artifact('dist/linux_amd64/app'), '.zip', 'app-1.0.0')).toBe('dist/app-1.0.0.zip');
    });

    it('entryName keeps the ending', () => {
      expect(entryName(artifact('dist/windows_amd64/a.exe', 'windows'))).toBe('a.exe');
      expect(entryName(artifact('dist/linux_amd64/A.app/'))).toBe('A.app');
    });

    it('entryName keeps the folders below that of the target', () => {
      expect(entryName(artifact('dist/linux_amd64/lib/deep/x.so'))).toBe('lib/deep/x.so');
      expect(entryName(artifact('dist/linux_arm64/lib/x.so'))).toBe('x.so');
    });
  });

  describe('Bad', () => {
    it.each([[''], ['a/b'], ['.'], ['..'], ['a\0']])('archivePath refuses the name %j', (name) => {
      expect(() => archivePath(artifact('a'), '.zip', name)).toThrow(RangeError);
    });
  });
});
