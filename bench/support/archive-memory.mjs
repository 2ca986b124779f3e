// packs 1 GiB (or as many bytes as are named) in the folder that is named and prints by how many megabytes the process
// has grown at its highest
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { archiveWithFormat } from '@core/build';
import { DiskMedium } from '@core/io';

const [root, format, bytes = 1 << 30] = process.argv.slice(2);
const disk = new DiskMedium({ root });
await disk.write('small', 'warm');
await archiveWithFormat(disk, { path: 'small', os: 'linux', arch: 'amd64' }, format);
await writeFile(join(root, 'large'), '');
await truncate(join(root, 'large'), Number(bytes));
const before = process.resourceUsage().maxRSS;
await archiveWithFormat(disk, { path: 'large', os: 'linux', arch: 'amd64' }, format);
console.log((process.resourceUsage().maxRSS - before) / 1024);
await disk.close();
