import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { linksOf } from './page.mjs';

const pages = readdirSync('dist').filter((name) => name.endsWith('.html'));
const links = pages.flatMap((page) => linksOf(readFileSync(`dist/${page}`, 'utf8')).map((link) => ({ page, link })));
const broken = links.filter(({ link }) => !existsSync(`dist/${link}`));
for (const { page, link } of broken) console.error(`${page} links to ${link}, which is not there`);
console.log(`${links.length} links, ${broken.length} broken`);
process.exitCode = broken.length > 0 ? 1 : 0;
