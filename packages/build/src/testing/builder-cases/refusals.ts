import { deepEqual, equal, match, ok } from 'node:assert/strict';

import { isCoreError } from '@core/io';

import { BuildError } from '../../errors.ts';
import { formatTarget } from '../../target.ts';
import { withPrivateFolder } from '../../builders/kit/private-folder.ts';
import type { BuilderConformanceCase } from '../builder-conformance.ts';
import { behaviour, type Bench, commandsIn, refusal, withProject } from './bench.ts';

/** A secret as it comes by the environment. */
const SECRET = 'hunter2-conformance';

/** What cannot be built is refused with its own code, and nothing of it goes on. */
export const refusals: readonly BuilderConformanceCase[] = [
  behaviour(
    'build() refuses a target that it cannot build for, before it does anything',
    async (subject) => {
      const { targets, unsupported } = subject;
      await withProject(subject, {}, async (bench) => {
        const error = await buildError(bench.build([...targets, unsupported]));
        equal(error.code, 'ERR_BUILD_UNSUPPORTED_TARGET');
        equal(error.target, formatTarget(unsupported));
        ok(error.hint !== undefined && error.message.includes(formatTarget(unsupported)), error.message);
        deepEqual(bench.events, []);
        equal(await bench.medium.exists(bench.outputDir), false);
      });
    },
    ['unsupported'],
  ),
  behaviour(
    'build() tells how to get a tool that is missing',
    async (subject) => {
      await withPrivateFolder((nothing) =>
        withProject(subject, { env: { PATH: nothing } }, async (bench) => {
          const error = await buildError(bench.build());
          equal(error.code, 'ERR_BUILD_TOOL_MISSING');
          ok(subject.tools.includes(error.tool ?? ''), `${String(error.tool)} is none of ${subject.tools.join(', ')}`);
          match(error.hint ?? '', /install/i);
          await checkOver(bench);
        }),
      );
    },
    ['tools'],
  ),
  behaviour(
    'build() tells which command failed, how, and what it said',
    async (subject) => {
      const env = { CONFORMANCE_TOKEN: SECRET };
      await withProject(subject, { files: subject.broken, env }, async (bench) => {
        const error = await buildError(bench.build());
        equal(error.code, 'ERR_BUILD_COMMAND_FAILED');
        ok(commandsIn(bench.events).includes(error.command ?? ''), `${String(error.command)} was not told of`);
        ok(typeof error.exitCode === 'number' && error.exitCode !== 0);
        ok((error.output ?? '').trim() !== '');
        ok(!JSON.stringify([error, error.message, bench.events]).includes(SECRET), 'a secret was told');
        await checkOver(bench);
      });
    },
    ['broken'],
  ),
  behaviour('build() refuses an output folder that cannot be made', async (subject) => {
    await withPrivateFolder((root) =>
      withProject(subject, { change: { outputDir: `${root}/file/out` } }, async (bench) => {
        await bench.medium.write(`${root}/file`, 'no folder');
        const error = await refusal(bench.build());
        ok(isCoreError(error), `it rejected with ${String(error)}`);
        equal(await bench.medium.read(`${root}/file`), 'no folder');
        await checkOver(bench);
      }),
    );
  }),
];

async function buildError(promise: Promise<unknown>): Promise<BuildError> {
  const error = await refusal(promise);
  ok(error instanceof BuildError, `it rejected with ${String(error)}`);
  return error;
}

/** Nothing runs, and nothing more is told. */
export async function checkOver({ config, events }: Bench): Promise<void> {
  deepEqual(
    config.service.running().map(({ command }) => command),
    [],
  );
  const told = events.length;
  await new Promise((resolve) => setImmediate(resolve));
  equal(events.length, told);
}
