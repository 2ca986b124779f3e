import {
  type BuildEvent,
  buildProject,
  type BuildProjectOptions,
  type BuildProjectResult,
  readArchive,
} from '../../src/index.ts';
import type { Medium } from '@core/io';

export const LINUX = [{ os: 'linux', arch: 'amd64' }] as const;

/** Builds for Linux unless it is told otherwise, and keeps what was told. */
export async function build(
  medium: Medium,
  options: Partial<BuildProjectOptions> = {},
): Promise<BuildProjectResult & { readonly events: readonly BuildEvent[] }> {
  const events: BuildEvent[] = [];
  const result = await buildProject({
    medium,
    dir: '',
    targets: LINUX,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { ...result, events };
}

/** The texts in an archive by their names. */
export async function unpacked(medium: Medium, path: string): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for await (const entry of (await readArchive(medium, path)).entries()) {
    if (entry.kind === 'file') texts[entry.name] = new TextDecoder().decode(await entry.bytes());
  }
  return texts;
}

/** The lines that commands printed, without those of the package manager. */
export function printed(events: readonly BuildEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'command-output' && event.line.startsWith('out:') ? [event.line.slice(4)] : [],
  );
}
