import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { withFiles } from '../../image/support/image-folder.ts';

/** A folder with a program of this name that is a shell script. */
export async function withProgram(
  name: string,
  script: string,
  work: (folder: string, program: string) => Promise<void>,
): Promise<void> {
  await withFiles({}, async (folder) => {
    const program = join(folder, name);
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
    await work(folder, program);
  });
}
