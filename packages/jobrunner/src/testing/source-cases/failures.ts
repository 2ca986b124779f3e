import { equal, notEqual, ok } from 'node:assert/strict';

import { isShown, refusedWith } from '../refused-with.ts';
import type { SourceConformanceCase } from '../source-conformance.ts';
import { behaviour, never } from './answers.ts';

/** What a source does when it cannot find out, or is not wanted any more. */
export const failures: readonly SourceConformanceCase[] = [
  behaviour('poll() rejects where its server fails, and is as before when that works again', async (open) => {
    const { source, setBroken } = open;
    const before = await source.poll({ signal: never() });
    await setBroken(true);
    await refusedWith(source.poll({ signal: never() }), 'it gave signals of a server that answers nothing');
    await setBroken(false);
    equal((await source.poll({ signal: never() })).length, before.length);
  }),
  behaviour('poll() rejects where its server fails from the first', async ({ source, setBroken }) => {
    await setBroken(true);
    await refusedWith(source.poll({ signal: never() }), 'it gave signals of a server that answers nothing');
    await setBroken(false);
    notEqual((await source.poll({ signal: never() })).length, 0);
  }),
  behaviour('poll() rejects with the reason where it was aborted before', async ({ source }) => {
    const reason = new Error('enough');
    equal(await refusedWith(source.poll({ signal: AbortSignal.abort(reason) }), 'it gave signals'), reason);
  }),
  behaviour('poll() rejects with the reason where it is aborted while it waits', async ({ source, hang, asked }) => {
    await hang();
    const controller = new AbortController();
    const reason = new Error('enough');
    const refused = refusedWith(source.poll({ signal: controller.signal }), 'it gave signals of a server that hangs');
    await Promise.race([asked(), refused]);
    controller.abort(reason);
    equal(await refused, reason);
  }),
  behaviour('poll() keeps its secret', async ({ source, setBroken, secret }) => {
    if (secret === undefined) return;
    ok(!JSON.stringify(await source.poll({ signal: never() })).includes(secret));
    await setBroken(true);
    const error = await refusedWith(
      source.poll({ signal: never() }),
      'it gave signals of a server that answers nothing',
    );
    ok(!isShown(error, secret), 'the error shows it');
  }),
];
