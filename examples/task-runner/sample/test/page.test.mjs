import assert from 'node:assert/strict';
import test from 'node:test';

import { linksOf, pageOf } from '../scripts/page.mjs';

test('pageOf makes headings, paragraphs and links', () => {
  const page = pageOf('# A & B\n\nSee [there](b.html).\n');
  assert.match(page, /<title>A &amp; B<\/title>/);
  assert.match(page, /<p>See <a href="b.html">there<\/a>\.<\/p>/);
});

test('linksOf finds them again', () => {
  assert.deepEqual(linksOf(pageOf('# A\n\n[b](b.html) [c](c.html)')), ['site.css', 'b.html', 'c.html']);
});
