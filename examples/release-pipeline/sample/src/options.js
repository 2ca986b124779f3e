import { parseArgs } from 'node:util';

export const COLUMNS = ['lines', 'words', 'letters'];

/** What the command line asks for. */
export function parseOptions(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      lines: { type: 'boolean', short: 'l' },
      words: { type: 'boolean', short: 'w' },
      letters: { type: 'boolean', short: 'c' },
      json: { type: 'boolean', default: false },
      version: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const asked = COLUMNS.filter((column) => values[column]);
  return {
    columns: asked.length > 0 ? asked : COLUMNS,
    files: positionals.length > 0 ? positionals : ['-'],
    json: values.json,
    show: values.help ? 'help' : values.version ? 'version' : 'counts',
  };
}
