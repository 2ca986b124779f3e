import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Copies this machine's shell, with the libraries that it needs, into a folder: the smallest root that has a `RUN`. */
export function copyShell(root: string): void {
  const { stdout } = spawnSync('ldd', ['/bin/sh'], { encoding: 'utf8' });
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, file = '']) => file);
  for (const file of ['/bin/sh', ...libraries]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    copyFileSync(file, join(root, file));
  }
}
