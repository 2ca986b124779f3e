import { needs } from '@core/tooling/needs';
import { describe, expect } from '@jest/globals';

import { type SyntheticTask, syntheticRun } from './support/synthetic-run.ts';
import { SETTLED, TmuxPane } from './support/tmux-pane.ts';

const terminal = needs('tmux');
const LONG = 120_000;

const TASKS: SyntheticTask[] = [
  { name: 'install', start: 0, ms: 3200 },
  { name: 'generate', after: ['install'], start: 3200, ms: 900 },
  { name: 'lint', after: ['install'], start: 3200, ms: 2100 },
  { name: 'database', after: ['install'], start: 3300, ms: 8000, service: true, lines: ['listening on 5432'] },
  { name: 'build:core', after: ['generate'], start: 4100, ms: 1500 },
  {
    name: 'build:ui',
    after: ['build:core'],
    start: 5600,
    ms: 3900,
    lines: ['transforming (412) src/页面/index.tsx 👩‍👩‍👧 → dist/assets/index-4f3a91.js'],
  },
  {
    name: 'test:core',
    after: ['build:core'],
    start: 5650,
    ms: 1000,
    status: 'failed',
    exitCode: 1,
    lines: ['expected 2, received 3'],
  },
  { name: 'test:ui', after: ['build:ui', 'database'], start: 9500, ms: 2000 },
  { name: 'icons', status: 'cached' },
  { name: 'package', after: ['test:core', 'test:ui'], ms: 6650, status: 'skipped', reason: 'test:core failed' },
];

const { events } = syntheticRun(TASKS, ['install', 'generate', 'build:core', 'build:ui', 'test:ui']);

async function withPane(
  size: [number, number],
  steps: string[],
  test: (pane: TmuxPane) => Promise<void>,
): Promise<void> {
  const pane = await TmuxPane.open(...size, events, steps);
  try {
    await test(pane);
  } finally {
    await pane.close();
  }
}

const AT_FOUR_SECONDS = [
  '✓ install                   3.2s',
  '├─ ⠋ generate              800ms',
  '│  └─ ○ build:core                after generate',
  '│     ├─ ○ build:ui               after build:core',
  '│     │  └─ ○ test:ui             after build:ui',
  '│     │     └─ ○ package          after test:core, test:ui',
  '│     └─ ○ test:core              after build:core',
  '├─ ⠋ lint                  800ms',
  '└─ ● database              700ms  ready · listening on 5432',
  '↺ icons                           cached',
  '',
];

function atSevenSeconds(lastLine: string): string[] {
  return [
    '✓ install                   3.2s',
    '├─ ✓ generate              900ms',
    '│  └─ ✓ build:core          1.5s',
    `│     ├─ ⠋ build:ui         1.6s  ${lastLine}`,
    '│     │  └─ ○ test:ui             after build:ui',
    '│     │     └─ - package          skipped: test:core failed',
    '│     └─ ✗ test:core        1.0s  exit code 1',
    '├─ ✓ lint                   2.1s',
    '└─ ● database               3.9s  ready · listening on 5432',
    '↺ icons                           cached',
    '',
  ];
}

const AT_THE_END = [
  '✓ install                   3.2s',
  '├─ ✓ generate              900ms',
  '│  └─ ✓ build:core          1.5s',
  '│     ├─ ✓ build:ui         3.9s',
  '│     │  └─ ✓ test:ui       2.0s',
  '│     │     └─ - package          skipped: test:core failed',
  '│     └─ ✗ test:core        1.0s  exit code 1',
  '├─ ✓ lint                   2.1s',
  '└─ ✓ database               8.0s',
  '↺ icons                           cached',
  '',
  '✗ test:core failed after 1.0s: exit code 1',
  '  expected 2, received 3',
  '',
  'critical path  install → generate → build:core → build:ui → test:ui (11.5s)',
  'parallelism    1.8 (21.3s of work)',
  '10 tasks: 7 passed, 1 cached, 1 failed, 1 skipped in 11.5s',
];

describe('Good', () => {
  terminal(
    'treeReporter in a terminal of 80 columns shows the tree while it runs, and leaves it',
    () =>
      withPane([80, 30], ['4000', '7240', 'end'], async (pane) => {
        expect(await pane.shown()).toEqual([...AT_FOUR_SECONDS, '━━━─────────────  2/10  4.0s  3 running  5 waiting']);
        expect(await pane.ask('cursor_flag')).toBe('0');
        await pane.go();
        expect(await pane.shown()).toEqual([
          ...atSevenSeconds('transforming (412) src/页面/index.tsx 👩‍👩‍👧 → di…'),
          '━━━━━━━━━━━─────  7/10  7.2s  2 running  1 failed  1 skipped  1 waiting',
        ]);
        await pane.go();
        expect(await pane.shown()).toEqual(AT_THE_END);
        expect(await pane.ask('cursor_flag')).toBe('1');
      }),
    LONG,
  );

  terminal(
    'treeReporter in a terminal of 200 columns uses them',
    () =>
      withPane([200, 30], ['4000', '7240', 'end'], async (pane) => {
        const bar = '━━━━━━━━────────────────────────────────';
        expect(await pane.shown()).toEqual([...AT_FOUR_SECONDS, `${bar}  2/10  4.0s  3 running  5 waiting`]);
        await pane.go();
        expect(await pane.shown()).toEqual([
          ...atSevenSeconds('transforming (412) src/页面/index.tsx 👩‍👩‍👧 → dist/assets/index-4f3a91.js'),
          '━━━━━━━━━━━━━━━━━━━━━━━━━━━━────────────  7/10  7.2s  2 running  1 failed  1 skipped  1 waiting',
        ]);
        await pane.go();
        expect(await pane.shown()).toEqual(AT_THE_END);
      }),
    LONG,
  );

  terminal(
    'treeReporter in a terminal of 8 rows shows what matters',
    () =>
      withPane([80, 8], ['4000', '7240', 'end'], async (pane) => {
        expect(await pane.shown()).toEqual([
          '✓ install     3.2s',
          '⠋ generate   800ms',
          '⠋ lint       800ms',
          '● database   700ms  ready · listening on 5432',
          '  and 6 more: 5 waiting, 1 done',
          '',
          '━━━─────────────  2/10  4.0s  3 running  5 waiting',
        ]);
        await pane.go();
        expect((await pane.shown())[4]).toBe('  and 6 more: 4 done, 1 waiting, 1 skipped');
        await pane.go();
        expect(await pane.shown()).toEqual(AT_THE_END.slice(-7)); // the rest has scrolled up
        expect((await pane.tmux('capture-pane', '-p', '-S', '-')).trimEnd().split('\n')).toEqual(AT_THE_END);
      }),
    LONG,
  );
});

describe('Bad', () => {
  terminal(
    'treeReporter writes prefixed lines where there is no terminal',
    async () => {
      const pane = await TmuxPane.open(80, 24, events, ['7240', 'end'], (command) => `${command} | cat`);
      try {
        const lines = await pane.shown();
        expect(lines.slice(0, 4)).toEqual([
          'icons      : cached',
          'install    : passed in 3.2s',
          'database   | listening on 5432',
          'database   : ready',
        ]);
        expect(await pane.ask('cursor_flag')).toBe('1');
      } finally {
        await pane.close();
      }
    },
    LONG,
  );
});

describe('Ugly', () => {
  terminal(
    'treeReporter leaves nothing of its frames in a terminal that becomes narrower and wider',
    () =>
      withPane([120, 30], ['4000', '4000@40', '4000@80', 'end'], async (pane) => {
        const before = await pane.shown();
        await pane.tmux('resize-window', '-x', '40', '-y', '30');
        await pane.go();
        const narrow = await pane.shown();
        expect(narrow).toHaveLength(before.length);
        expect(narrow[0]).toBe('✓ install           3.2s');
        expect(narrow.slice(-3)).toEqual(['↺ icons                   cached', '', '2/10  4.0s  3 running  5 waiting']);
        await pane.tmux('resize-window', '-x', '80', '-y', '30');
        await pane.go();
        expect(await pane.shown()).toEqual([...AT_FOUR_SECONDS, '━━━─────────────  2/10  4.0s  3 running  5 waiting']);
        await pane.go();
        expect(await pane.shown()).toEqual(AT_THE_END);
      }),
    LONG,
  );

  terminal(
    'treeReporter gives the cursor back when Ctrl-C ends the program',
    async () => {
      const shell = (command: string): string => `trap : INT; ${command}; echo "status $?"; ${SETTLED} over; read end`;
      const pane = await TmuxPane.open(80, 30, events, ['4000'], shell);
      try {
        await pane.shown();
        expect(await pane.ask('cursor_flag')).toBe('0');
        await pane.tmux('send-keys', 'C-c');
        await pane.tmux('wait-for', 'over');
        expect(await pane.ask('cursor_flag')).toBe('1');
        expect((await pane.screen()).slice(-2)).toEqual([
          expect.stringMatching(/2\/10/),
          expect.stringMatching(/status 130$/),
        ]);
      } finally {
        await pane.close();
      }
    },
    LONG,
  );
});
