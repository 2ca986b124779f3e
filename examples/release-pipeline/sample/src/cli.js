#!/usr/bin/env node
import { HELP, VERSION } from '../generated/about.js';
import { count } from './count.js';
import { readInput } from './input.js';
import { parseOptions } from './options.js';
import { formatTable } from './table.js';

try {
  const { columns, files, json, show } = parseOptions(process.argv.slice(2));
  if (show === 'help') console.log(HELP);
  else if (show === 'version') console.log(VERSION);
  else {
    const rows = [];
    for (const file of files) rows.push({ file, ...count(await readInput(file)) });
    console.log(json ? rows.map((row) => JSON.stringify(row)).join('\n') : formatTable(rows, columns));
  }
} catch (error) {
  console.error(`tally: ${error.message}`);
  process.exitCode = 1;
}
