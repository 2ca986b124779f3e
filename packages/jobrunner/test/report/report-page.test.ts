import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { Page } from '@core/tooling/browser';
import { needs } from '@core/tooling/needs';
import { describe, expect, it } from '@jest/globals';

import { reportPage } from '../../src/report/report-page.ts';
import { summarize } from '../../src/report/summary.ts';
import { busyWeeks, lineAt, linesOf } from './support/lines.ts';

const HOSTILE = '</td><script>alert(1)</script>"\'&';

/** What a page of HTML is to a browser. */
async function inBrowser(html: string, test: (page: Page) => Promise<void>, width: number = 1280): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'core-report-'));
  const page = await Page.open(width, 1000);
  try {
    await writeFile(join(folder, 'report.html'), html);
    await page.goTo(pathToFileURL(join(folder, 'report.html')).href);
    await test(page);
    expect(page.complaints).toEqual([]);
  } finally {
    await page.close();
    await rm(folder, { recursive: true });
  }
}

describe('reportPage', () => {
  describe('Good', () => {
    it('of the same lines is the same page', async () => {
      const [one, two] = [await summarize(busyWeeks()), await summarize(busyWeeks())];
      expect(reportPage(one)).toBe(reportPage(two));
    });

    needs('chromium')(
      'shows days, handlers, repositories and failures in Chromium, without a complaint and without the network',
      async () => {
        const summary = await summarize(busyWeeks());
        await inBrowser(reportPage(summary, { title: 'Our bots' }), async (page) => {
          expect(await page.evaluate('document.querySelectorAll(".day").length')).toBe(41);
          expect(await page.evaluate('document.querySelectorAll("tbody").length')).toBe(3);
          const text = String(await page.evaluate('document.body.innerText'));
          expect(text).toMatch(/Our bots\s+2026-01-05 \d\d:\d\d – 2026-02-1\d/);
          expect(text).toMatch(/send_fix_command\s+\d+/);
          expect(text).toContain('Cannot merge: the head has changed meanwhile (409)');
          const isWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
          expect(isWide).toBe(false);
        });
      },
      120_000,
    );
  });

  describe('Ugly', () => {
    needs('chromium')(
      'shows hostile names and errors as text',
      async () => {
        const over = {
          repo: HOSTILE,
          handler: HOSTILE,
          action: HOSTILE,
          result: { success: false, error: HOSTILE, duration_ms: 1 },
        };
        const summary = await summarize(linesOf(lineAt('2026-02-05T12:00:00.000Z', over)));
        await inBrowser(reportPage(summary, { title: HOSTILE }), async (page) => {
          expect(await page.evaluate('document.scripts.length')).toBe(0);
          expect(await page.evaluate('document.querySelector("h1").innerText')).toBe(HOSTILE);
          expect(await page.evaluate('document.querySelectorAll("tbody td")[0].innerText')).toBe(HOSTILE);
        });
      },
      120_000,
    );

    needs('chromium')(
      'fits a narrow window: names stay in one piece, and only tables and chart can be moved sideways',
      async () => {
        const show = async (page: Page): Promise<void> => {
          expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
          const width = '.getBoundingClientRect().width';
          expect(await page.evaluate(`document.querySelector("tbody td")${width} >= 160`)).toBe(true);
          expect(await page.evaluate(`document.querySelector(".days")${width} >= 600`)).toBe(true);
        };
        await inBrowser(reportPage(await summarize(busyWeeks())), show, 400);
      },
      120_000,
    );

    it('of a single day has a column, and no wall', async () => {
      const page = reportPage(await summarize(linesOf(lineAt('2026-02-05T12:00:00.000Z'))));
      expect(/<rect[^>]* width="([\d.]+)"/.exec(page)?.[1]).toBe('48.0');
    });

    it('of thousands of repositories and years stays small', async () => {
      const lines = Array.from({ length: 5000 }, (_, at) =>
        lineAt(new Date(Date.UTC(2020, 0, at)).toISOString(), { repo: `host-uk/r${String(at)}` }),
      );
      const page = reportPage(await summarize(linesOf(...lines)));
      expect(page.length).toBeLessThan(150_000);
      expect(page).toContain('and 4800 more with fewer actions');
    });
  });
});
