// packs what a list names in the folder and format that are named, once: for whoever measures this process
import { readFile } from 'node:fs/promises';

import { archiveWithFormat } from '@core/build';
import { DiskMedium } from '@core/io';

const [root, list, format] = process.argv.slice(2);
const [path, ...files] = JSON.parse(await readFile(list, 'utf8'));
const disk = new DiskMedium({ root });
const artifact = { path, os: 'linux', arch: 'amd64' };
const named = files.map((file) => ({ path: file, name: file }));
await archiveWithFormat(disk, artifact, format, { files: named, name: 'subject' });
await disk.close();
