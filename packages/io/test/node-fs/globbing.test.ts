import { describe, expect, it } from '@jest/globals';
import { type Medium, MemoryMedium, sub } from '@core/io';
import { toNodeFs } from '@core/io/node-fs';
import fastGlob from 'fast-glob';
import { glob as tinyGlob } from 'tinyglobby';

const SOURCES = ['/project/src/a.ts', '/project/src/deep/b.ts', '/project/src/deep/er/c.ts'];

async function project(): Promise<Medium> {
  const medium = new MemoryMedium({
    project: { src: { 'a.ts': '', deep: { 'b.ts': '', 'b.js': '', er: { 'c.ts': '' } } }, '.hidden': { 'd.ts': '' } },
  });
  await medium.symlink('src', 'project/link');
  return medium;
}

describe('toNodeFs: Good', () => {
  it('serves tinyglobby', async () => {
    const fs = toNodeFs(await project());
    // its types ask for more than it calls
    const options = { cwd: '/project', absolute: true, followSymbolicLinks: false, fs: fs as never };
    expect((await tinyGlob('src/**/*.ts', options)).sort()).toEqual(SOURCES);
    expect((await tinyGlob('**/*.ts', { ...options, dot: true })).sort()).toEqual([
      '/project/.hidden/d.ts',
      ...SOURCES,
    ]);
  });

  it('serves tinyglobby through links', async () => {
    const fs = toNodeFs(await project());
    const found = await tinyGlob('link/**/*.ts', { cwd: '/project', followSymbolicLinks: true, fs: fs as never });
    expect(found.sort()).toEqual(['link/a.ts', 'link/deep/b.ts', 'link/deep/er/c.ts']);
  });

  it('serves fast-glob, also with stats', async () => {
    const fs = toNodeFs(await project());
    const options = { cwd: '/project', absolute: true, fs };
    expect((await fastGlob('src/**/*.ts', options)).sort()).toEqual(SOURCES);
    const [entry] = await fastGlob('src/*.ts', { ...options, stats: true });
    expect(entry?.stats?.isFile()).toBe(true);
    expect((await fastGlob('link/*.ts', { ...options, followSymbolicLinks: true })).sort()).toEqual([
      '/project/link/a.ts',
    ]);
  });

  it('serves fast-glob in a folder of a medium', async () => {
    const fs = toNodeFs(sub(await project(), 'project/src'));
    expect((await fastGlob('**/*.ts', { cwd: '/', fs })).sort()).toEqual(['a.ts', 'deep/b.ts', 'deep/er/c.ts']);
  });
});
