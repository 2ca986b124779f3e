import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const css = readFileSync('styles/site.css', 'utf8');
const small = css
  .replaceAll(/\/\*[^]*?\*\//g, '')
  .replaceAll(/\s+/g, ' ')
  .trim();
mkdirSync('dist', { recursive: true });
writeFileSync('dist/site.css', `${small}\n`);
console.log(`made dist/site.css: ${css.length} to ${small.length} letters`);
