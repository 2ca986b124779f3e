import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { isAlive, project, run, Running, sampleCopy } from './task-run.ts';

jest.setTimeout(120_000); // programs are started, on a machine that may be busy

/** What became of each task, as the summary has it. */
function statuses(stdout: string): Record<string, string> {
  const lines = stdout.slice(stdout.lastIndexOf('\n\n')).matchAll(/^[^\w\s] (\S+) +(?:[\d.]+m?s +)?(\w+(?: \w+)?)/gm);
  return Object.fromEntries([...lines].map(([, name = '', status = '']) => [name, status]));
}

const yaml = (text: string): string => project({ 'tasks.yaml': text });

/** Two tasks that tell their numbers and those of a child out of their group, and then wait for ever. */
const WAITING = {
  'tasks.yaml':
    'tasks:\n  one: { run: node wait.mjs }\n  two: { run: node wait.mjs }\n  never: { run: node x, after: [one] }\n',
  'wait.mjs': `
import { spawn } from 'node:child_process';
const wait = 'setInterval(() => {}, 1000); console.log("up");';
const apart = spawn(process.execPath, ['-e', wait], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
await new Promise((resolve) => apart.stdout.once('data', resolve));
console.log('waiting', process.pid, apart.pid);
setInterval(() => {}, 1000);
`,
};

/** A run whose tasks all wait, and the numbers of everything that it started. */
async function waiting(): Promise<{ running: Running; pids: number[] }> {
  const running = new Running(project(WAITING), ['tasks.yaml', '--concurrency', '2']);
  const lines = [await running.line(/waiting/), await running.line(/waiting/)];
  return { running, pids: lines.flatMap((line) => [...line.matchAll(/\d+/g)].map(([pid]) => Number(pid))) };
}

describe('Good', () => {
  it('run.mjs runs the sample, and the second time only what is not cached', async () => {
    const dir = await sampleCopy();
    const first = await run(dir, ['tasks.yaml']);
    expect([first.status, first.stderr]).toEqual([0, '']);
    const all = ['pages', 'styles', 'test', 'links', 'server', 'smoke', 'weight'];
    expect(statuses(first.stdout)).toEqual(Object.fromEntries(all.map((name) => [name, 'passed'])));
    expect(first.stdout).toMatch(/^links +\| 7 links, 0 broken$/m);
    expect(first.stdout).toMatch(/^weight +\| the whole site: \d+ bytes in 4 files$/m);
    expect(first.stdout).toMatch(/critical path .*(?:pages|styles) → /);

    rmSync(join(dir, 'dist'), { recursive: true });
    const second = await run(dir, ['tasks.yaml']);
    const again = { pages: 'cached', styles: 'cached', test: 'cached', links: 'cached' };
    expect(statuses(second.stdout)).toEqual({ ...again, server: 'passed', smoke: 'passed', weight: 'passed' });
    expect(readdirSync(join(dir, 'dist'))).toEqual(['ferry.html', 'index.html', 'keepers.html', 'site.css']);

    writeFileSync(join(dir, 'content/index.md'), '# New\n\nSee [nothing](gone.html).\n');
    const third = await run(dir, ['tasks.yaml', 'links']);
    expect([third.status, statuses(third.stdout)]).toEqual([1, { pages: 'passed', styles: 'cached', links: 'failed' }]);
    expect(third.stdout).toContain('index.html links to gone.html, which is not there');
  });

  it('run.mjs runs the named tasks and those that they come after, and knows words, lists and variables', async () => {
    const dir = yaml(`
tasks:
  other: { run: node -e "process.exit(1)" }
  first: { run: [node, -p, '"the first"'] }
  second:
    run: node -p "process.argv[1] + process.env.COUNT" 'two words '
    env: { COUNT: 7 }
    after: [first]
`);
    const { status, stdout } = await run(dir, ['tasks.yaml', 'second']);
    expect([status, statuses(stdout)]).toEqual([0, { first: 'passed', second: 'passed' }]);
    expect(stdout).toMatch(/first +\| the first\n[^]*second +\| two words 7\n/);
  });

  it('run.mjs --json tells everything in lines of JSON, --trace shows it in a page or a trace', async () => {
    const dir = yaml('tasks:\n  a: { run: node -p 1 }\n  b: { run: node -p 2, after: [a] }\n');
    const { status, stdout } = await run(dir, ['tasks.yaml', '--json', '--trace', 'run.html']);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect([status, events[0]?.type, events.at(-1)]).toMatchObject([
      0,
      'planned',
      { type: 'ended', critical_path: ['a', 'b'] },
    ]);
    expect(readFileSync(join(dir, 'run.html'), 'utf8')).toMatch(/^<!doctype html>[^]*<title>[^<]*tasks\.yaml/);
    await run(dir, ['tasks.yaml', '--trace', 'run.json']);
    expect(JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8'))).toMatchObject({ displayTimeUnit: 'ms' });
  });

  it('run.mjs --help tells how it is used, and the folder of npm is where the user is', async () => {
    const help = await run(project({}), ['--help']);
    expect([help.status, help.stdout]).toEqual([0, expect.stringContaining('Usage: npm start')]);
    const dir = yaml('tasks:\n  a: { run: node -p 1 }\n');
    expect((await run(project({}), ['tasks.yaml'], { INIT_CWD: dir })).status).toBe(0);
  });
});

describe('Bad', () => {
  it('run.mjs ends with 1 where a task fails, says why, and skips what comes after it', async () => {
    const dir = yaml(`
tasks:
  bad: { run: node -e "console.error('out of paper'); process.exit(7)" }
  next: { run: node -p 1, after: [bad] }
  free: { run: node -p 2 }
  may: { run: node -e "process.exit(1)", allowFailure: true }
`);
    const { status, stdout } = await run(dir, ['tasks.yaml', '--trace', 'run.html']);
    expect(status).toBe(1);
    expect(statuses(stdout)).toEqual({ bad: 'failed', next: 'skipped', free: 'passed', may: 'allowed failure' });
    expect(stdout).toMatch(/bad +! out of paper/);
    expect(stdout).toMatch(/bad .*failed: .*exit(?:ed with)? code 7/);
    expect(readFileSync(join(dir, 'run.html'), 'utf8')).toContain('out of paper');
  });

  it('run.mjs names a cycle, a task that is not there and a program that is missing', async () => {
    const cycle = await run(yaml('tasks:\n  a: { run: x, after: [b] }\n  b: { run: x, after: [a] }\n'), ['tasks.yaml']);
    expect([cycle.status, cycle.stderr]).toEqual([1, expect.stringContaining('a → b → a')]);
    const unknown = await run(yaml('tasks:\n  build: { run: x }\n  b: { run: x, after: [biuld] }\n'), ['tasks.yaml']);
    expect([unknown.status, unknown.stderr]).toEqual([1, expect.stringMatching(/"biuld"[^]*"?build/)]);
    const missing = await run(yaml('tasks:\n  a: { run: no-such-program }\n'), ['tasks.yaml']);
    expect([missing.status, missing.stdout]).toEqual([1, expect.stringContaining('no-such-program')]);
  });

  for (const [what, text, message] of [
    ['broken YAML', 'tasks:\n  a: { run: [x }\n', /^tasks\.yaml:2:\d+: /],
    ['a key twice', 'tasks:\n  a: { run: x }\n  a: { run: y }\n', /^tasks\.yaml:3:3: Map keys must be unique/],
    ['no map', '- a\n- b\n', /^tasks\.yaml:1:1: the file must have keys and values/],
    ['an empty file', '', /^tasks\.yaml:1:1: the file must have keys and values/],
    ['no tasks', 'concurrency: 2\n', /^tasks\.yaml:1:1: tasks must have keys and values/],
    [
      'an unknown key',
      'tasks:\n  a:\n    run: x\n    aftr: [b]\n',
      /^tasks\.yaml:4:5: unknown key aftr in a; there are run, after/,
    ],
    ['an unknown word at the top', 'task:\n  a: { run: x }\n', /^tasks\.yaml:1:1: unknown key task in the file/],
    ['a task without a command', 'tasks:\n  a:\n    after: [b]\n', /^tasks\.yaml:2:3: the task a has no command/],
    ['a task that is no map', 'tasks:\n  a: node x\n', /^tasks\.yaml:2:3: a must have keys and values/],
    ['an open quotation mark', 'tasks:\n  a:\n    run: node "x\n', /^tasks\.yaml:3:5: a quotation mark has no end/],
    [
      'a wrong type',
      'tasks:\n  a:\n    run: x\n    timeoutMs: soon\n',
      /^tasks\.yaml:4:5: timeoutMs must be a whole number/,
    ],
    ['a wrong list', 'tasks:\n  a:\n    run: x\n    after: b\n', /^tasks\.yaml:4:5: after must be an array/],
  ] as const) {
    it(`run.mjs refuses ${what}, and tells where`, async () => {
      const dir = yaml(text);
      const { status, stdout, stderr } = await run(dir, ['tasks.yaml']);
      expect([status, stdout, stderr.trim()]).toEqual([1, '', expect.stringMatching(message)]);
      expect(existsSync(join(dir, '.core'))).toBe(false);
    });
  }

  it('run.mjs refuses a command line that it does not understand, and a file that is not there', async () => {
    const dir = yaml('tasks:\n  a: { run: node -p 1 }\n');
    for (const args of [['--bogus'], ['tasks.yaml', 'nope'], ['tasks.yaml', '--concurrency', 'many']]) {
      const { status, stderr } = await run(dir, args);
      expect([status, stderr]).toEqual([2, expect.stringContaining('What to do: see npm start -- --help')]);
    }
    const gone = await run(dir, ['gone.yaml']);
    expect([gone.status, gone.stderr]).toEqual([1, expect.stringMatching(/Cannot read ".*gone\.yaml": no such file/)]);
  });
});

describe('Ugly', () => {
  for (const [killSignal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    needs('linux')(
      `run.mjs ends everything on ${killSignal}, accounts for it, and ends with ${String(exitCode)}`,
      async () => {
        const { running, pids } = await waiting();
        running.child.kill(killSignal);
        running.child.kill(killSignal); // as npm does
        const { status, stdout, stderr } = await running.end();
        expect([status, pids.map(isAlive)]).toEqual([exitCode, [false, false, false, false]]);
        expect(stderr).toContain(`Stopped by ${killSignal}: nothing is left running.`);
        expect(statuses(stdout)).toEqual({ one: 'cancelled', two: 'cancelled', never: 'cancelled' });
      },
    );
  }

  needs('linux')('run.mjs leaves nothing running when it is killed', async () => {
    const { running, pids } = await waiting();
    running.child.kill('SIGKILL');
    while (pids.some(isAlive)) await new Promise((resolve) => setImmediate(resolve));
    await running.end();
  });

  it('run.mjs takes names with spaces, colours and letters of any language for what they are', async () => {
    const dir = yaml(
      'tasks:\n  "zwei Wörter 日本": { run: node -p 1 }\n  "a\\u001b[31m": { run: node -p 2, after: [zwei Wörter 日本] }\n',
    );
    const { status, stdout } = await run(dir, ['tasks.yaml']);
    expect([status, stdout.includes('\u001b')]).toEqual([0, false]);
    expect(stdout).toContain('2 tasks: 2 passed');
  });
});
