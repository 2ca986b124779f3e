import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

import { pageOf } from './page.mjs';

mkdirSync('dist', { recursive: true });
for (const name of readdirSync('content')) {
  const to = `dist/${name.replace(/\.md$/, '.html')}`;
  writeFileSync(to, pageOf(readFileSync(`content/${name}`, 'utf8')));
  console.log(`made ${to}`);
}
