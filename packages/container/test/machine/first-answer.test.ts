import { randomUUID } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { localMedium } from '@core/io';

import { type AnswerContext, firstAnswer } from '../../src/machine/first-answer.ts';
import { machinePaths } from '../../src/machine/machine-paths.ts';
import { ScriptedQmp } from '../qmp/support/scripted-qmp.ts';
import { tempDir } from './support/temp-dir.ts';

const ID = '0000000a';

function context(more: Partial<AnswerContext> = {}): AnswerContext {
  const waits = { timeoutMs: 20_000, savedState: undefined, isRunning: () => true };
  return { id: ID, uuid: randomUUID(), control: 'qmp', medium: localMedium(), ...waits, ...more };
}

describe('Ugly', () => {
  it('firstAnswer frees a QEMU one of whose threads waits for another client before it carries anything out', async () => {
    const paths = machinePaths(tempDir(), ID);
    await localMedium().ensureDir(paths.dir);
    const asked = context();
    const held: string[] = [];
    await using qemu = await ScriptedQmp.listen(paths.control, {
      uuid: asked.uuid,
      answers: {
        qmp_capabilities(id) {
          held.push(`{"return": {}, "id": ${String(id)}}\n`);
          return undefined;
        },
      },
      onClient(count) {
        if (count > 1) for (const answer of held.splice(0)) qemu.send(answer);
      },
    });
    expect(await firstAnswer(paths, asked)).toBe(true);
    expect(qemu.commands).toEqual(['qmp_capabilities', 'query-uuid']);
  });
});
