// copies 1 GiB inside the folder that is named and prints by how many megabytes the process has grown at its highest
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { copy, DiskMedium } from '@core/io';
import { peakMegabytes } from '@core/tooling/peak-memory';

const [root] = process.argv.slice(2);
await writeFile(join(root, 'gigabyte.bin'), '');
await truncate(join(root, 'gigabyte.bin'), 1 << 30);
const disk = new DiskMedium({ root });
await disk.write('warm.txt', 'warm');
await copy(disk, 'warm.txt', disk, 'warm-copy.txt');
const before = peakMegabytes();
await copy(disk, 'gigabyte.bin', disk, 'gigabyte-copy.bin');
console.log(peakMegabytes() - before);
await disk.close();
