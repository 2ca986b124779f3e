import { readFileSync, writeFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import type { HypervisorCommand } from '../../src/hypervisors/hypervisor.ts';
import { GOLDEN_CASES } from './support/golden-cases.ts';

/** The command line as a file: each argument a line, helpers after it. */
function formatCommand({ command, args, stdin, helpers }: HypervisorCommand): string {
  const lines = [command, ...args, ...(stdin === undefined ? [] : [`< ${stdin}`])];
  for (const helper of helpers) lines.push('', helper.command, ...helper.args, `# ${helper.socket}`);
  return `${lines.join('\n')}\n`;
}

describe('Good', () => {
  it.each(GOLDEN_CASES.map((each) => [each.name, each] as const))(
    'buildCommand() gives the command line of golden/%s.txt',
    (name, { hypervisor, image, options }) => {
      const file = new URL(`golden/${name}.txt`, import.meta.url);
      const command = formatCommand(hypervisor.buildCommand(image, options));
      if (process.env['CORE_UPDATE_GOLDEN'] === '1') writeFileSync(file, command);
      expect(command).toBe(readFileSync(file, 'utf8'));
    },
  );
});
