import { spawnSync } from 'node:child_process';

import { it } from '@jest/globals';

/** The tools that a test may ask for, each with the way to get it. */
const TOOLS = {
  bsdtar: 'apt-get install libarchive-tools',
  chromium: 'apt-get install chromium',
  git: 'apt-get install git',
  mount: 'run as root on Linux (a tmpfs is mounted in a namespace of its own)',
  python3: 'apt-get install python3',
  root: 'run as root, who can give files to another user and act as one',
  sha256sum: 'apt-get install coreutils',
  tar: 'apt-get install tar',
  tmux: 'apt-get install tmux',
  unzip: 'apt-get install unzip',
  xz: 'apt-get install xz-utils',
  linux: 'run on Linux with /proc',
  node22: 'set CORE_NODE_22 to the binary of a Node 22',
  node24: 'set CORE_NODE_24 to the binary of a Node 24',
} as const;

/** A tool of the table above. */
export type Tool = keyof typeof TOOLS;

const found = new Map<Tool, boolean>();

/** Whether the tool is on this machine; looked up once. */
export function has(tool: Tool): boolean {
  let answer = found.get(tool);
  if (answer === undefined) {
    answer = lookUp(tool);
    found.set(tool, answer);
  }
  return answer;
}

/** How to find out about what is no program on the PATH. */
const OTHERS: Partial<Record<Tool, () => boolean>> = {
  linux: () => process.platform === 'linux',
  mount: () => spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0,
  root: () => process.getuid?.() === 0,
  node22: () => process.env['CORE_NODE_22'] !== undefined,
  node24: () => process.env['CORE_NODE_24'] !== undefined,
};

function lookUp(tool: Tool): boolean {
  return OTHERS[tool]?.() ?? spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
}

/**
 * `it` for a test that uses real tools. Where one is missing the test is skipped and its title says what it needs and
 * how to get it; with `CI=true` a missing tool fails the test.
 *
 * @example
 * ```ts
 * needs('git', 'tar')('makes what git archive makes', async () => {});
 * ```
 */
export function needs(...tools: Tool[]): (title: string, test: () => Promise<void> | void, timeoutMs?: number) => void {
  const missing = tools.filter((tool) => !has(tool));
  if (missing.length === 0) return it;
  const how = missing.map((tool) => `${tool}: ${TOOLS[tool]}`).join('; ');
  if (process.env['CI'] !== 'true') {
    return (title, test, timeoutMs) => {
      it.skip(`${title} [needs ${how}]`, test, timeoutMs);
    };
  }
  return (title) => {
    it(title, () => {
      throw new Error(`This machine lacks what the test needs: ${how}`);
    });
  };
}
