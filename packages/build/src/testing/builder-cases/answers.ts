import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';

import { MemoryMedium, writeTree } from '@core/io';

import { choosesTargets, describesProject, reportsTools } from '../../builder.ts';
import { formatTarget } from '../../target.ts';
import type { BuilderConformanceCase } from '../builder-conformance.ts';
import { behaviour, withProject } from './bench.ts';

/** What a builder says of a project and of itself. */
export const answers: readonly BuilderConformanceCase[] = [
  behaviour('detect() knows its project, and no other folder for one', async ({ builder, project }) => {
    const medium = new MemoryMedium();
    await writeTree(medium, 'mine', project);
    await medium.write('other/notes.txt', 'nothing to build');
    equal(await builder.detect(medium, 'mine'), true);
    equal(await builder.detect(medium, 'other'), false);
    equal(await builder.detect(medium, 'nowhere'), false);
  }),
  behaviour('detect() takes no folders for files', async ({ builder, project }) => {
    const files = new MemoryMedium();
    await writeTree(files, '', project);
    const folders = new MemoryMedium();
    for await (const { kind, path } of files.walk('')) if (kind !== 'dir') await folders.ensureDir(path);
    equal(await builder.detect(folders, ''), false);
  }),
  behaviour('describe() gives texts, and what the configuration calls the program', async (subject) => {
    const { builder, config } = subject;
    if (!describesProject(builder)) return;
    await withProject(subject, {}, async ({ medium, dir }) => {
      const main = config?.main ?? '.';
      const said = await builder.describe(medium, dir, { main });
      deepEqual(said, await builder.describe(medium, dir, { main }));
      for (const value of Object.values(said)) ok(typeof value === 'string' && value !== '');
      equal((await builder.describe(medium, dir, { main, binary: 'other' })).binary, 'other');
    });
  }),
  behaviour('tools() names tools with their versions', async (subject) => {
    const { builder } = subject;
    if (!reportsTools(builder)) return;
    await withProject(subject, {}, async ({ build, config }) => {
      await build();
      const tools = await builder.tools(config);
      notEqual(Object.keys(tools).length, 0);
      for (const version of Object.values(tools)) ok(version !== '' && !/[\r\n]/.test(version), version);
      deepEqual(await builder.tools(config), tools);
    });
  }),
  behaviour('chooseTargets() leaves targets out, and does nothing else to them', async (subject) => {
    const { builder, targets, unsupported, without = [] } = subject;
    if (!choosesTargets(builder)) return;
    await withProject(subject, {}, async ({ config }) => {
      deepEqual((await builder.chooseTargets(config, targets)).map(formatTarget), targets.map(formatTarget));
      const reversed = await builder.chooseTargets(config, [unsupported, ...targets.toReversed()]);
      if (without.includes('unsupported')) return;
      deepEqual(reversed.map(formatTarget), targets.map(formatTarget).toReversed());
    });
  }),
];
