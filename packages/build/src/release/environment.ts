import type { ProjectIdentity } from '../builder.ts';
import { formatTarget, type Target } from '../target.ts';

/** What a package manager tells the script that it runs: of another project, where that script starts a build. */
const OF_ANOTHER_SCRIPT =
  /^(?:INIT_CWD|npm_command|npm_execpath|npm_node_execpath|npm_lifecycle_.*|npm_package_.*|npm_config_(?:local_prefix|user_agent|npm_version))$/i;

/** What an environment is made from. */
export interface EnvironmentParts {
  readonly project: ProjectIdentity;
  readonly description: string | undefined;
  readonly targets: readonly Target[];
  /** Where on the disk the release is made. */
  readonly outputDir: string;
  /** `KEY=value` of the configuration, which win. */
  readonly own: readonly string[];
}

/** The environment of every command of a build: this process's own, what is built, and what the configuration adds. */
export function buildEnvironment(
  parts: EnvironmentParts,
  inherited: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const { description, project, targets, outputDir, own } = parts;
  const kept = Object.entries(inherited).filter(([name]) => !OF_ANOTHER_SCRIPT.test(name));
  const environment = Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== undefined));
  return {
    ...environment,
    NAME: project.name,
    VERSION: project.version,
    BINARY: project.binary,
    ...(description === undefined ? {} : { DESCRIPTION: description }),
    OUTPUT_DIR: outputDir,
    TARGETS: targets.map(formatTarget).join(','),
    ...Object.fromEntries(own.map(splitAssignment)),
  };
}

function splitAssignment(text: string): [string, string] {
  const equals = text.indexOf('=');
  return [text.slice(0, equals), text.slice(equals + 1)];
}
