import type { ExtraFile } from '../archive/extra-files.ts';
import { entryName } from '../archive/naming.ts';
import type { Artifact } from '../artifact.ts';
import { formatTarget } from '../target.ts';

/** What was made for one target, and is packed as one archive. */
export interface TargetGroup {
  /** The first that was made: the archive is called after its target. */
  readonly main: Artifact;
  readonly others: readonly Artifact[];
}

/** The artifacts by target, in the order in which the targets come first. */
export function groupByTarget(artifacts: readonly Artifact[]): TargetGroup[] {
  const groups = new Map<string, { main: Artifact; others: Artifact[] }>();
  for (const artifact of artifacts) {
    const group = groups.get(formatTarget(artifact));
    if (group === undefined) groups.set(formatTarget(artifact), { main: artifact, others: [] });
    else group.others.push(artifact);
  }
  return [...groups.values()];
}

/** What goes into the archive of a group beside its first artifact, under the names that it has in the target's folder. */
export function companions(group: TargetGroup | undefined): ExtraFile[] {
  return (group?.others ?? []).map((artifact) => ({ path: artifact.path, name: entryName(artifact) }));
}
