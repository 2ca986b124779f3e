import { deepEqual, ok } from 'node:assert/strict';

import type { BuilderConformanceCase, BuilderSubject } from '../builder-conformance.ts';
import { behaviour, type BenchOptions, contentsOf, withProject } from './bench.ts';

/** The same project makes the same files. */
export const sameness: readonly BuilderConformanceCase[] = [
  behaviour(
    'build() makes the same bytes in another folder',
    async (subject) => {
      compare(await made(subject, {}), await made(subject, { folder: 'elsewhere/deep' }));
    },
    ['reproducible'],
  ),
  behaviour(
    'build() makes in a copy of the project what it makes in place',
    async (subject) => {
      const [inPlace, inCopy] = [await made(subject, {}), await made(subject, { inMemory: true })];
      deepEqual([...inCopy.keys()], [...inPlace.keys()]);
      if (subject.without?.includes('reproducible') !== true) compare(inPlace, inCopy);
    },
    ['copy'],
  ),
  behaviour(
    'build() brings nothing into the medium but its artifacts and what its tools leave',
    async (subject) => {
      await withProject(subject, { inMemory: true }, async ({ build, dir, medium, outputDir }) => {
        const before = await pathsIn();
        await build();
        const own = [outputDir, ...(subject.leaves ?? []).map((name) => `${dir}/${name}`)];
        const isOwn = (path: string) => own.some((folder) => path === folder || path.startsWith(`${folder}/`));
        deepEqual(
          (await pathsIn()).filter((path) => !isOwn(path)),
          before,
        );

        async function pathsIn(): Promise<string[]> {
          const paths: string[] = [];
          for await (const { path } of medium.walk('')) paths.push(path);
          return paths.sort();
        }
      });
    },
    ['copy'],
  ),
];

function made(subject: BuilderSubject, options: BenchOptions): Promise<Map<string, Buffer>> {
  return withProject(subject, options, async (bench) => contentsOf(bench, await bench.build()));
}

function compare(one: ReadonlyMap<string, Buffer>, other: ReadonlyMap<string, Buffer>): void {
  deepEqual([...one.keys()], [...other.keys()]);
  for (const [name, bytes] of one) ok(other.get(name)?.equals(bytes), `${name} differs`);
}
