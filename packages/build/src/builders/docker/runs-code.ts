import { formatTarget, type Target } from '../../target.ts';
import { expand, type Recipe, type Stage } from './recipe.ts';

/**
 * The platforms whose programs a build for `target` runs, as `linux/arm64`: those of the stages that it needs and that
 * have a `RUN`. None where all is only copied.
 */
export function platformsRun(recipe: Recipe, target: Target, host: Target): string[] {
  const { stages } = recipe;
  const values = valuesFor(recipe, target, host);
  const needed = new Set<Stage>();
  const visit = (stage: Stage | undefined): void => {
    if (stage === undefined || needed.has(stage)) return;
    needed.add(stage);
    for (const source of sourcesOf(stage)) visit(find(source, stage));
  };
  visit(stages.at(-1));
  const running = [...needed].filter(({ instructions }) => instructions.some(({ keyword }) => keyword === 'RUN'));
  return [...new Set(running.map(platformOf))];

  /** A stage before `user`, by its name or its number. */
  function find(source: string, user: Stage): Stage | undefined {
    const name = (expand(source, values) ?? source).toLowerCase();
    const before = stages.slice(0, stages.indexOf(user));
    return before.findLast((stage) => stage.name === name) ?? (/^\d+$/.test(name) ? before[Number(name)] : undefined);
  }

  function platformOf(stage: Stage): string {
    const parent = find(stage.from, stage);
    if (stage.platform !== undefined) return expand(stage.platform, values) ?? stage.platform;
    return parent === undefined ? formatTarget(target) : platformOf(parent);
  }
}

/** What the tools themselves set, and what the recipe does: https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope */
function valuesFor({ defaults }: Recipe, target: Target, host: Target): ReadonlyMap<string, string> {
  const build = { os: 'linux', arch: host.arch };
  return new Map([
    ...defaults,
    ...([
      ['TARGETPLATFORM', formatTarget(target)],
      ['TARGETOS', target.os],
      ['TARGETARCH', target.arch],
      ['BUILDPLATFORM', formatTarget(build)],
      ['BUILDOS', build.os],
      ['BUILDARCH', build.arch],
    ] as const),
  ]);
}

/** What a stage is made from: its base, and what it copies or mounts. */
function sourcesOf({ from, instructions }: Stage): string[] {
  const others = instructions.flatMap(({ rest }) =>
    [...rest.matchAll(/(?:^|\s)--(?:from=|mount=\S*?\bfrom=)([^\s,]+)/g)].map(([, source = '']) => source),
  );
  return [from, ...others];
}
