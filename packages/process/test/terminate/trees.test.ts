import { randomUUID } from 'node:crypto';

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { type ChildProcess, spawnChild } from '../../src/spawn.ts';
import { COOKIE_NAME } from '../../src/terminate/cookie.ts';
import { endTree } from '../../src/terminate/grace.ts';
import { GroupTree } from '../../src/terminate/group-tree.ts';
import { isProcessAlive, isZombie, processTable } from '../../src/terminate/proc-table.ts';
import { ProcTree } from '../../src/terminate/proc-tree.ts';
import { sendSignalTo } from '../../src/terminate/send-signal.ts';
import { treeOf } from '../../src/terminate/system-tree.ts';
import { TaskkillTree } from '../../src/terminate/taskkill-tree.ts';
import type { TreeRoot } from '../../src/terminate/tree.ts';
import { scriptedCommand, type ScriptedCommand, type ScriptedRun } from '../../src/testing/index.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

interface Started {
  readonly root: TreeRoot;
  readonly run: ScriptedRun;
}

/** Marks that no other run of these tests on this machine has. */
const ALL = `trees-test-${randomUUID()}.`;
const MARK = `${ALL}guarded.proc-1`;
const STRANGE = `stranger-${randomUUID()}.`;
const UNUSED = `unused-${randomUUID()}.`;
const commands: ScriptedCommand[] = [];
afterEach(async () => {
  await Promise.all(commands.splice(0).map((command) => command.close()));
});

const start = async (mark = MARK, hasGroup = true): Promise<Started> => {
  const command = await scriptedCommand();
  commands.push(command);
  let child: ChildProcess | undefined;
  await spawnChild(
    {
      ...{ file: command.command, args: command.args, dir: '/', stdio: 'ignore', ownSession: hasGroup },
      env: { PATH: process.env['PATH'] ?? '', [COOKIE_NAME]: mark },
    },
    (started) => (child = started),
  );
  const run = await command.next();
  return { run, root: { pid: run.pid, hasGroup, isOver: () => child?.exitCode !== null || child.signalCode !== null } };
};
const policy = { killSignal: 'SIGTERM', gracePeriodMs: 10_000 } as const;
const allGone = async (...runs: ScriptedRun[]): Promise<void> => {
  await Promise.all(runs.map(({ gone }) => gone));
};

describe('Good', () => {
  needs('linux')(
    'ProcTree ends child, grandchild, another session, double fork and who gave up its environment',
    async () => {
      const { root, run } = await start();
      const others = await Promise.all([
        run.spawn(),
        run.spawn({ session: true }),
        run.spawn({ session: true, orphan: true }),
        run.spawn({ bare: true }),
        run.spawn({ bare: true, session: true }),
      ]);
      expect(await endTree(new ProcTree({ roots: [root], mark: MARK }), policy)).toBe(false);
      await allGone(run, ...others);
    },
  );

  needs('linux')('ProcTree finds by their mark those whose root is long over', async () => {
    const { root, run } = await start();
    const other = await run.spawn({ session: true, orphan: true });
    await run.exit();
    await endTree(new ProcTree({ roots: [root], mark: ALL }), policy);
    await other.gone;
  });

  it('GroupTree ends the group of its root', async () => {
    const { root, run } = await start();
    const other = await run.spawn();
    const tree = new GroupTree([root]);
    expect(tree.isAlive()).toBe(true);
    expect(await endTree(tree, policy)).toBe(false);
    await allGone(run, other);
  });

  it('GroupTree ends a root without a group alone', async () => {
    const { root, run } = await start(MARK, false);
    expect(await endTree(new GroupTree([root]), policy)).toBe(false);
    await run.gone;
  });

  it('TaskkillTree ends each root that stands, from the root down', async () => {
    const ran: string[] = [];
    const over = new Set([3]);
    const roots = [2, 3].map((pid) => ({ pid: pid + 2_000_000_000, hasGroup: false, isOver: () => over.has(pid) }));
    const tree = new TaskkillTree(roots, (file, args) => ran.push([file, ...args].join(' ')));
    await tree.signal();
    expect(ran).toEqual(['taskkill /PID 2000000002 /T /F']);
    expect([tree.isAlive(), await tree.signalNewcomers()]).toEqual([false, false]);
  });
});

describe('Bad', () => {
  needs('linux')('treeOf is what the system lets be seen of a tree', () => {
    const options = { roots: [], mark: MARK };
    expect(treeOf(options)).toBeInstanceOf(ProcTree);
    expect(treeOf(options, 'darwin')).toBeInstanceOf(GroupTree);
    expect(treeOf(options, 'win32')).toBeInstanceOf(TaskkillTree);
  });

  it('GroupTree signals groups by their negative number, and never one that is over and had none', async () => {
    const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
    const roots = [true, false].flatMap((hasGroup) =>
      [true, false].map((isOver, i) => ({
        pid: 2_000_000_000 + (hasGroup ? 10 : 0) + i,
        hasGroup,
        isOver: () => isOver,
      })),
    );
    await new GroupTree(roots).signal('SIGTERM');
    expect(kill.mock.calls).toEqual([
      [-2_000_000_010, 'SIGTERM'],
      [-2_000_000_011, 'SIGTERM'],
      [2_000_000_001, 'SIGTERM'],
    ]);
    kill.mockRestore();
  });

  needs('linux')('ProcTree leaves processes with another mark alone', async () => {
    const mine = await start();
    const other = await start(`${MARK}0`);
    await endTree(new ProcTree({ roots: [mine.root], mark: MARK }), policy);
    await mine.run.gone;
    expect(await other.run.env(COOKIE_NAME)).toBe(`${MARK}0`);
  });

  needs('linux')('ProcTree has no members without roots and marks', async () => {
    const tree = new ProcTree({ roots: [], mark: UNUSED });
    await tree.signal('SIGKILL');
    expect(tree.isAlive()).toBe(false);
  });

  it('sendSignalTo says that there is nobody', () => {
    expect(sendSignalTo(2_000_000_000, 0)).toBe('gone');
    expect(sendSignalTo(process.pid, 0)).toBe('sent');
  });
});

describe('Ugly', () => {
  needs('linux')('ProcTree kills those that ignore the polite signal, wherever they are', async () => {
    const { root, run } = await start();
    const other = await run.spawn({ session: true });
    await other.trap('SIGTERM');
    expect(await endTree(new ProcTree({ roots: [root], mark: MARK }), { ...policy, gracePeriodMs: 20 })).toBe(true);
    await allGone(run, other);
  });

  needs('linux')('ProcTree does not strike a group whose number belongs to somebody else', async () => {
    const stranger = await start(`${STRANGE}1`);
    const reused: TreeRoot = { pid: stranger.run.pid, hasGroup: true, isOver: () => true };
    const tree = new ProcTree({ roots: [reused], mark: MARK });
    await tree.signal('SIGKILL');
    expect(tree.isAlive()).toBe(false);
    expect(await stranger.run.env(COOKIE_NAME)).toBe(`${STRANGE}1`);
  });

  needs('linux')('processTable shares one reading between those who ask in one turn', () => {
    expect(processTable()).toBe(processTable());
  });

  needs('linux')('processTable has this program with parent and group, and its children with their marks', async () => {
    const { run } = await start();
    const table = await processTable();
    expect(table.find(({ pid }) => pid === process.pid)).toMatchObject({ parent: process.ppid });
    const entry = table.find(({ pid }) => pid === run.pid);
    expect(entry).toMatchObject({ parent: process.pid, group: run.pid, cookie: MARK });
    expect(isProcessAlive(run.pid, entry?.startTime ?? 0)).toBe(true);
    expect(isProcessAlive(run.pid, 1)).toBe(false);
    expect(isZombie(run.pid)).toBe(false);
  });
});
