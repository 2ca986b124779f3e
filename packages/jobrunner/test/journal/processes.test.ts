import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DuckDBInstance } from '@duckdb/node-api';
import { DiskMedium } from '@core/io';
import { Service } from '@core/process';
import { describe, expect, it } from '@jest/globals';

import { Journal } from '../../src/journal/journal.ts';

const WRITER = fileURLToPath(new URL('fixtures/append-lines.mjs', import.meta.url));
const FILE = 'journal/host-uk/core/2026-02-05.jsonl';

async function inFolder(test: (root: string, medium: DiskMedium, service: Service) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'journal-'));
  const medium = new DiskMedium({ root });
  const service = new Service();
  try {
    await test(root, medium, service);
  } finally {
    await service.close();
    await medium.close();
    await rm(root, { recursive: true });
  }
}

async function rowsByDuckDb(root: string): Promise<unknown> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const file = join(root, FILE).replaceAll("'", "''");
  const query = `SELECT count(*)::INT AS lines, count(DISTINCT id)::INT AS ids, max(result.duration_ms)::INT AS most FROM read_json('${file}', format='newline_delimited')`;
  const reader = await connection.runAndReadAll(query);
  connection.closeSync();
  return reader.getRowObjects()[0];
}

describe('Journal of several processes', () => {
  describe('Good', () => {
    it('append by 4 processes × 5,000 lines keeps 20,000 whole lines, which DuckDB reads as well', async () => {
      await inFolder(async (root, medium, service) => {
        const writers = Array.from({ length: 4 }, () => service.run('node', [WRITER, root, '5000', 'none']));
        const told = (await Promise.all(writers)).flatMap(({ stdout }) => stdout.trimEnd().split('\n'));
        const journal = await Journal.open({ medium, baseDir: 'journal' });
        expect(await journal.verify()).toEqual({ ok: true, files: 1, lines: 20_000, torn: 0 });
        const kept = new Set<string>();
        for await (const { node, cycle } of journal.entries()) kept.add(`${node} ${String(cycle)}`);
        expect(told.filter((line) => !kept.has(line))).toEqual([]);
        expect(await rowsByDuckDb(root)).toEqual({ lines: 20_000, ids: 20_000, most: 5000 });
        await journal.close();
      });
    }, 120_000);
  });

  describe('Ugly', () => {
    it('append by processes that are killed 100 times loses no line that it has told of', async () => {
      await inFolder(async (root, medium, service) => {
        const told: string[] = [];
        for (let round = 0; round < 100; round += 1) {
          const writer = await service.start('node', [WRITER, root, '1000000', round % 10 === 0 ? 'fsync' : 'none']);
          const wanted = 1 + ((round * 37) % 90);
          let seen = 0;
          for await (const { line } of writer.lines()) {
            told.push(line);
            seen += 1;
            if (seen === wanted) writer.sendSignal('SIGKILL');
          }
          await writer.done;
        }
        const journal = await Journal.open({ medium, baseDir: 'journal' });
        const { ok } = await journal.verify();
        expect(ok).toBe(true);
        const kept = new Set<string>();
        for await (const { node, cycle } of journal.entries()) kept.add(`${node} ${String(cycle)}`);
        expect(told.length).toBeGreaterThan(4000);
        expect(told.filter((line) => !kept.has(line))).toEqual([]);
        const text = await readFile(join(root, FILE), 'utf8');
        expect(text.split('\n').filter((row) => row !== '').length).toBeGreaterThanOrEqual(kept.size);
        await journal.close();
      });
    }, 240_000);
  });
});
