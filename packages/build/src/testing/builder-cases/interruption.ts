import { deepEqual, equal, fail } from 'node:assert/strict';

import { localMedium } from '@core/io';
import { type ScriptedCommand, scriptedCommand } from '@core/process/testing';

import { withPrivateFolder } from '../../builders/kit/private-folder.ts';
import type { BuilderConformanceCase, BuilderSubject } from '../builder-conformance.ts';
import { behaviour, refusal, withProject } from './bench.ts';
import { checkOver } from './refusals.ts';

/** A build that is cancelled ends at once, with all that it started. */
export const interruption: readonly BuilderConformanceCase[] = [
  behaviour('build() does nothing when its signal was aborted before', async (subject) => {
    const reason = new Error('enough');
    await withProject(subject, {}, async (bench) => {
      equal(await refusal(bench.build(subject.targets, { signal: AbortSignal.abort(reason) })), reason);
      deepEqual(
        bench.events.filter(({ type }) => type.startsWith('command-')),
        [],
      );
      await checkOver(bench);
    });
  }),
  behaviour(
    'build() ends its command when it is aborted, and rejects with the reason',
    async (subject) => {
      const reason = new Error('enough');
      const controller = new AbortController();
      await using script = await scriptedCommand();
      await withStandIns(script, subject, (env) =>
        withProject(subject, { env }, async (bench) => {
          const rejected = refusal(bench.build(subject.targets, { signal: controller.signal }));
          const first = await Promise.race([script.next(), rejected.then(neverBegan)]);
          controller.abort(reason);
          equal(await rejected, reason);
          await first.gone;
          await checkOver(bench);
        }),
      );
    },
    ['tools'],
  ),
  behaviour('build() ends with what a listener throws', async (subject) => {
    const reason = new Error('no more');
    await withProject(subject, {}, async (bench) => {
      const onEvent = (): void => {
        throw reason;
      };
      equal(await refusal(bench.build(subject.targets, { onEvent })), reason);
      deepEqual(
        bench.config.service.running().map(({ command }) => command),
        [],
      );
    });
  }),
];

function neverBegan(error: unknown): never {
  fail(`it ended before it ran any of its tools: ${String(error)}`);
}

/** Does `work` with an environment in which these tools do what the script says. */
async function withStandIns(
  script: ScriptedCommand,
  { config, tools }: BuilderSubject,
  work: (env: Readonly<Record<string, string>>) => Promise<void>,
): Promise<void> {
  await withPrivateFolder(async (dir) => {
    const words = [script.command, ...script.args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    for (const tool of tools) {
      await localMedium().write(`${dir}/${tool}`, `#!/bin/sh\nexec ${words.join(' ')}\n`, { mode: 0o755 });
    }
    const { PATH = '' } = config?.env ?? process.env;
    await work({ PATH: `${dir}:${PATH}` });
  });
}
