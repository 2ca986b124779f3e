import { readdirSync, statSync } from 'node:fs';

const sizes = readdirSync('dist').map((name) => statSync(`dist/${name}`).size);
console.log(`${process.argv[2]}: ${sizes.reduce((sum, size) => sum + size, 0)} bytes in ${sizes.length} files`);
