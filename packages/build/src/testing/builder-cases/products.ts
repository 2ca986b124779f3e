import { deepEqual, equal, ok } from 'node:assert/strict';

import type { Medium } from '@core/io';

import { folderName } from '../../builders/kit/command-targets.ts';
import type { BuildEvent } from '../../events.ts';
import { formatTarget } from '../../target.ts';
import type { BuilderConformanceCase, BuilderSubject } from '../builder-conformance.ts';
import { behaviour, commandsIn, filesFor, withProject } from './bench.ts';

/** What a build makes, and what it leaves alone. */
export const products: readonly BuilderConformanceCase[] = [
  behaviour(
    'build() gives the artifacts of the targets in their order, each there and with its size',
    async (subject) => {
      for (const targets of [subject.targets, subject.targets.toReversed()]) {
        await withProject(subject, {}, async (bench) => {
          const artifacts = await bench.build(targets);
          const wanted = targets.flatMap((target) =>
            filesFor(subject, target).map((name) => `${formatTarget(target)} ${folderName(target)}/${name}`),
          );
          const place = (path: string) => path.slice(bench.outputDir.length + 1);
          deepEqual(
            artifacts.map(({ path, ...target }) => `${formatTarget(target)} ${place(path)}`),
            wanted,
          );
          for (const { path, size } of artifacts) ok(size === (await bench.medium.stat(path)).size && size > 0, path);
        });
      }
    },
  ),
  behaviour(
    'build() puts the folders of the targets into that of the release, and nothing beside them',
    async (subject) => {
      await withProject(subject, {}, async (bench) => {
        await bench.build();
        const names = (await bench.medium.list(bench.outputDir)).map(({ name }) => name);
        deepEqual(names.sort(), subject.targets.map(folderName).sort());
      });
    },
  ),
  behaviour('build() leaves the files of the project as they are, and adds none', async (subject) => {
    await withProject(subject, {}, async (bench) => {
      const before = await filesIn(bench.medium, bench.dir);
      await bench.build();
      const after = await filesIn(bench.medium, bench.dir);
      for (const [path, content] of before) equal(after.get(path), content, path);
      deepEqual(
        [...after.keys()].filter((path) => !before.has(path) && !mayBeLeft(subject, path)),
        [],
      );
    });
  }),
  behaviour(
    'build() works in a folder whose name has spaces and letters of other languages',
    async (subject) => {
      await withProject(subject, { folder: 'a pröject – 項目' }, async (bench) => {
        equal((await bench.build()).length, subject.targets.flatMap((target) => filesFor(subject, target)).length);
      });
    },
    ['spaces'],
  ),
  behaviour('build() builds again over what it has made', async (subject) => {
    await withProject(subject, {}, async ({ build }) => {
      const first = await build();
      deepEqual(
        (await build()).map(({ path }) => path),
        first.map(({ path }) => path),
      );
    });
  }),
  behaviour('build() tells of steps and commands, each beginning before its end', async (subject) => {
    await withProject(subject, {}, async ({ build, events }) => {
      await build();
      ok(events.some(({ type }) => type === 'step-started'));
      checkOrder(events);
    });
  }),
];

function mayBeLeft({ leaves = [] }: BuilderSubject, path: string): boolean {
  return ['out', ...leaves].some((name) => path === name || path.startsWith(`${name}/`));
}

/** Mode and content of every file below a folder, by path. */
async function filesIn(medium: Medium, dir: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const { kind, path } of medium.walk(dir)) {
    if (kind !== 'file') continue;
    const { mode } = await medium.stat(path);
    const content = Buffer.from(await medium.readBytes(path)).toString('base64');
    files.set(path.slice(dir.length + 1), `${String(mode)} ${content}`);
  }
  return files;
}

/** Nothing ends that has not begun, all that begins ends, and commands run within steps. */
function checkOrder(events: readonly BuildEvent[]): void {
  const running: string[] = [];
  let steps = 0;
  for (const event of events) {
    if (event.type === 'step-started') steps += 1;
    if (event.type === 'step-finished') steps -= 1;
    if (event.type === 'command-started') running.push(event.command);
    if (event.type === 'command-finished') {
      const at = running.indexOf(event.command);
      ok(at >= 0, `${event.command} ends before it begins`);
      running.splice(at, 1);
    }
    ok(steps >= 0, 'a step ends before it begins');
    ok(!event.type.startsWith('command-') || steps > 0, `${JSON.stringify(event)} is told outside of any step`);
  }
  deepEqual(running, [], `of ${commandsIn(events).join(', ')} some did not end`);
  equal(steps, 0);
}
