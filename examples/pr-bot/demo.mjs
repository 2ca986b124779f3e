// @ts-check
/** A GitHub on this machine, with an epic, and with people who do their part between two polls. */
import { MemoryMedium } from '@core/io';
import { fakeGitHub } from '@core/jobrunner/testing';

const REPO = 'example/shop';
const AGENT = 'coding-bot';

export async function startDemo() {
  const github = await fakeGitHub();
  const repo = github.repo(REPO);
  const medium = new MemoryMedium();
  const children = ['Sell things', 'Count them', 'Ship them', 'Take them back'].map((title) => {
    return repo.issue({ title, assignees: [AGENT] });
  });
  const [, counting, shipping, returns] = /** @type {[typeof children[0], ...typeof children]} */ (children);
  repo.epic({ title: 'A shop', children });
  repo.pull({ draft: true, closes: counting ? [counting] : [], checks: { build: 'in_progress' } });
  repo.pull({ closes: shipping ? [shipping] : [], checks: { build: 'success' }, conflict: true });
  repo.pull({ closes: returns ? [returns] : [], checks: { build: 'success' }, base: 'next' });

  return {
    repos: [REPO],
    agents: [AGENT],
    medium,
    client: { auth: 'any', baseUrl: github.url, writePauseMs: 0 },
    /** What the agent and the checks do meanwhile. */
    async step() {
      for (const pull of repo.pulls.filter(({ state }) => state === 'OPEN')) {
        if (pull.comments.length > 0 && pull.hasConflict) {
          pull.push({ by: AGENT });
          pull.setConflict(false);
        }
        pull.check('build', 'success');
      }
      const [child] = children;
      const name = `queue/${AGENT}/${REPO.replace('/', '.')}.${child?.number}.json`;
      if (child === undefined || !(await medium.exists(name))) return;
      await medium.delete(name);
      repo.pull({ draft: true, closes: [child], author: AGENT, checks: { build: 'success' } });
    },
    close: () => github.close(),
  };
}
