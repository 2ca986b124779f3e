import { describe, expect, it } from '@jest/globals';

import { htmlPage } from '../../src/trace/html-page.ts';

describe('htmlPage', () => {
  describe('Good', () => {
    it('allows its own style and script and nothing else', () => {
      const page = htmlPage({ title: 'T', style: 'b{}', script: 'f()', body: ['<b>x</b>'] });
      expect(page).toMatch(/style-src &#39;sha256-[\w+/=]+&#39;; script-src &#39;sha256-[\w+/=]+&#39;/);
      expect(page).toMatch(/<body>\n<b>x<\/b>\n<script>f\(\)<\/script>\n<\/body>/);
    });

    it('without a script allows none', () => {
      const page = htmlPage({ title: 'T', style: '', body: [] });
      expect(page).toContain('script-src &#39;none&#39;');
      expect(page).not.toContain('<script');
    });
  });

  describe('Ugly', () => {
    it('has its title as text', () => {
      expect(htmlPage({ title: '</title><script>', style: '', body: [] })).toContain(
        '<title>&lt;/title&gt;&lt;script&gt;</title>',
      );
    });
  });
});
