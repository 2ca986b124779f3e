import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';

import { needs } from '@core/tooling/needs';
import { afterAll, describe, expect } from '@jest/globals';

import { timelinePage } from '../../src/trace/timeline.ts';
import { type SyntheticTask, syntheticRun } from '../reporters/support/synthetic-run.ts';
import { Page } from '@core/tooling/browser';

const LONG = 120_000;
const browser = needs('chromium');
const folder = mkdtemp(join(tmpdir(), 'core-timeline-'));
afterAll(async () => {
  await rm(await folder, { recursive: true, force: true });
});

/** Opens the page of a run, and closes it after the test. */
async function withPage(tasks: SyntheticTask[], test: (page: Page) => Promise<void>): Promise<void> {
  const file = join(await folder, 'timeline.html');
  await writeFile(file, timelinePage(syntheticRun(tasks, [tasks[0]?.name ?? '']).result));
  const page = await Page.open(1280, 900);
  try {
    await page.goTo(pathToFileURL(file).href);
    await test(page);
    expect(page.complaints).toEqual([]);
  } finally {
    await page.close();
  }
}

/** How many different lines of pixels a picture has. */
function differentLines(png: Buffer): number {
  const width = png.readUInt32BE(16);
  const bytes = width * (png[25] === 6 ? 4 : 3) + 1;
  const data: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const pixels = inflateSync(Buffer.concat(data));
  const lines = Array.from({ length: pixels.length / bytes }, (_, line) =>
    pixels.subarray(line * bytes, (line + 1) * bytes),
  );
  return new Set(lines.map((line) => line.toString('latin1'))).size;
}

const TASKS: SyntheticTask[] = [
  { name: 'install', start: 0, ms: 3000 },
  { name: 'build', after: ['install'], start: 3000, ms: 4000 },
  { name: 'test', after: ['install'], start: 3000, ms: 2000, status: 'failed', exitCode: 1, lines: ['broken'] },
  { name: 'deploy', after: ['test'], status: 'skipped', reason: 'test failed' },
];

const LABELS = `[...document.querySelectorAll('.task')].map((task) => task.getAttribute('aria-label'))`;

describe('Good', () => {
  browser(
    'timelinePage shows its tasks in Chromium, without a complaint and without the network',
    () =>
      withPage(TASKS, async (page) => {
        expect(await page.evaluate(LABELS)).toEqual([
          'install: passed, 3.0s from 0ms',
          'test: failed, 2.0s from 3.0s',
          'build: passed, 4.0s from 3.0s',
        ]);
        expect(await page.evaluate('document.body.innerText')).toMatch(/deploy\s+skipped\s+test failed/);
        expect(differentLines(await page.screenshot())).toBeGreaterThan(100);
      }),
    LONG,
  );

  browser(
    'timelinePage shows the details of the task below the pointer, and its row on a click',
    () =>
      withPage(TASKS, async (page) => {
        const box = `JSON.stringify(document.querySelector('.failed.task rect').getBoundingClientRect())`;
        const { x, y } = JSON.parse(String(await page.evaluate(box))) as { x: number; y: number };
        const tip = `document.getElementById('tip').innerText`;
        await page.moveMouse(x + 20, y + 10);
        expect(await page.evaluate(tip)).toBe('test\nfailed after 2.0s\nfrom 3.0s to 5.0s\nexit code 1\nafter install');
        await page.moveMouse(5, 5);
        expect(await page.evaluate(`document.getElementById('tip').hidden`)).toBe(true);
        await page.click(x + 20, y + 10);
        expect(await page.evaluate(`document.querySelector('tr:target').cells[0].innerText`)).toBe('test');
      }),
    LONG,
  );

  browser(
    'timelinePage follows the light or dark of the reader',
    () =>
      withPage(TASKS, async (page) => {
        const ground = `getComputedStyle(document.body).backgroundColor`;
        const colors: unknown[] = [];
        for (const value of ['light', 'dark']) {
          await page.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
          colors.push(await page.evaluate(ground));
        }
        expect(colors).toEqual(['rgb(246, 247, 249)', 'rgb(17, 20, 24)']);
      }),
    LONG,
  );
});

describe('Ugly', () => {
  browser(
    'timelinePage runs nothing that a name or an output holds',
    () => {
      const evil = `</script><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
      const task: SyntheticTask = { name: evil, start: 0, ms: 10, status: 'failed', lines: [evil], reason: evil };
      return withPage([task, { name: 'other', after: [evil], start: 10, ms: 5 }], async (page) => {
        expect(await page.evaluate('document.title')).toBe('Timeline');
        expect(await page.evaluate(`document.querySelectorAll('img').length`)).toBe(0);
        expect(await page.evaluate(`document.querySelector('td').innerText`)).toBe(evil);
      });
    },
    LONG,
  );

  browser(
    'timelinePage of 2,000 tasks can be made wider',
    () => {
      const tasks = Array.from({ length: 2000 }, (_, index): SyntheticTask => {
        return { name: `task-${String(index)}`, start: Math.floor(index / 8) * 20, ms: 19 };
      });
      return withPage(tasks, async (page) => {
        expect(await page.evaluate(`document.querySelectorAll('.task').length`)).toBe(2000);
        const width = `document.querySelector('.plane').getBoundingClientRect().width`;
        const texts = `[...document.querySelectorAll('.task text')].filter((text) => text.checkVisibility()).length`;
        const [narrow, none] = [Number(await page.evaluate(width)), await page.evaluate(texts)];
        await page.evaluate(`document.querySelector('label[for=x16]').click()`);
        expect(Number(await page.evaluate(width)) / narrow).toBeCloseTo(16);
        expect([none, await page.evaluate(texts)]).toEqual([0, 2000]);
      });
    },
    LONG,
  );
});
