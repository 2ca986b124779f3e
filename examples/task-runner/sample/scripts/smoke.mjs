import { readdirSync, readFileSync } from 'node:fs';

const address = readFileSync('.tmp/address', 'utf8');
for (const name of readdirSync('dist')) {
  const { status } = await fetch(`${address}/${name}`);
  console.log(`${status} ${name}`);
  if (status !== 200) process.exitCode = 1;
}
