import { readFileSync } from 'node:fs';

import type { ScriptedTools } from '../../../support/scripted-tools.ts';

/** The command lines of a golden file, one a line. */
export function golden(name: string): string[] {
  const file = new URL(`../golden/${name}.txt`, import.meta.url);
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

/** The calls of stand-ins as command lines, with `places` (texts that differ from run to run) as `<name>`. */
export function commandLines(tools: ScriptedTools, places: Readonly<Record<string, RegExp | string>> = {}): string[] {
  return tools.calls().map(({ tool, args }) => {
    const line = [tool, ...args].join(' ');
    return Object.entries(places).reduce((text, [name, place]) => text.replaceAll(place, `<${name}>`), line);
  });
}
