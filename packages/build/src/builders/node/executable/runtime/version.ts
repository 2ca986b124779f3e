/** Older ones cannot hold a program, or are not kept up by anybody. */
const OLDEST_MAJOR = 20;

const VERSION = /^\d+\.\d+\.\d+$/;

/** Of these texts, the versions, the newest first; without those that are trials. */
export function newestFirst(texts: readonly string[]): string[] {
  return texts.filter((text) => VERSION.test(text)).sort((a, b) => compareVersions(b, a));
}

function compareVersions(a: string, b: string): number {
  const [ours, theirs] = [a, b].map((text) => text.split('.').map(Number));
  return [0, 1, 2].map((part) => (ours?.[part] ?? 0) - (theirs?.[part] ?? 0)).find((order) => order !== 0) ?? 0;
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}

/** Whether a version is meant by `22`, `22.14` or `22.14.0`. */
function isMeant(version: string, wanted: string): boolean {
  return version === wanted || version.startsWith(`${wanted}.`);
}

/**
 * The newest of the versions that `wanted` means. Where nothing is wanted, the newest of the major version that runs
 * here; where that has none, of the next newer one with long support, since what runs on the older runs on it as a rule;
 * else of the next older one.
 */
export function chooseVersion(
  versions: readonly string[],
  wanted: string | undefined,
  running: string = process.versions.node,
): string | undefined {
  const ordered = newestFirst(versions);
  if (wanted !== undefined) return ordered.find((version) => isMeant(version, wanted));
  const own = majorOf(running);
  const majors = [...new Set(ordered.map(majorOf))].filter((major) => major >= OLDEST_MAJOR && major % 2 === 0);
  const newer = majors.filter((major) => major > own).reverse();
  const older = majors.filter((major) => major < own);
  for (const major of [own, ...newer, ...older]) {
    const found = ordered.find((version) => isMeant(version, String(major)));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The newest of each major version, the newest major first: for messages. */
export function newestOfEach(versions: readonly string[]): string[] {
  const found = new Map<number, string>();
  for (const version of newestFirst(versions)) {
    const major = majorOf(version);
    if (major >= OLDEST_MAJOR && !found.has(major)) found.set(major, version);
  }
  return [...found.values()];
}
