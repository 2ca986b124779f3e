import { refuseInFile } from './file-refusals.ts';
import { refuseInImage } from './image-refusals.ts';
import { imagesOf, type LinuxKitConfig, referencesOf } from './linuxkit-config.ts';
import { refuseOwners } from './owners.ts';
import type { Refuse } from './refuse.ts';
import type { TemplateDocument } from './template-document.ts';
import type { TemplateProblem } from './template-report.ts';

/**
 * What LinuxKit refuses beside what its schema does. Source: its `moby/config.go`, `moby/build/build.go` and
 * `moby/build/volume.go`.
 */
export function refusals(document: TemplateDocument): TemplateProblem[] {
  const config = (document.value ?? {}) as LinuxKitConfig;
  const problems: TemplateProblem[] = [];
  const refuse: Refuse = (path, rule, message) => {
    problems.push(document.problem(path, { severity: 'error', rule, message }));
  };
  refuseDoubles(config, refuse);
  for (const { path, value } of referencesOf(config)) {
    if (!REFERENCE.test(value)) refuse(path, 'reference', `${JSON.stringify(value)} is no reference of an image`);
  }
  for (const { path, value } of imagesOf(config)) refuseInImage({ path, value, config }, refuse);
  (config.files ?? []).forEach((value, at) => {
    refuseInFile({ path: ['files', at], value }, refuse);
  });
  refuseOwners(document, config, refuse);
  return problems;
}

/** A name with an optional tag and digest, or a package of the same repository that is built on the way. */
const REFERENCE =
  /^(?:@pkg:\S+|[\w][\w.-]*(?::\d+)?(?:\/[\w][\w.-]*)*(?::[\w][\w.-]*)?(?:@[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,})?)$/i;

function refuseDoubles({ services, volumes }: LinuxKitConfig, refuse: Refuse): void {
  doubles((services ?? []).map(({ name }) => name)).forEach(([name, at]) => {
    refuse(['services', at, 'name'], 'duplicate-service', `there is another service called ${JSON.stringify(name)}`);
  });
  const names = (volumes ?? []).map(({ name = '' }) => name);
  doubles(names).forEach(([name, at]) => {
    refuse(['volumes', at, 'name'], 'duplicate-volume', `there is another volume called ${JSON.stringify(name)}`);
  });
  names.forEach((name, at) => {
    if (/^[a-z0-9_-]*$/.test(name)) return;
    refuse(
      ['volumes', at, 'name'],
      'volume-name',
      `${JSON.stringify(name)} is no name of a volume: it may have a to z, 0 to 9, _ and -`,
    );
  });
}

function doubles(names: readonly string[]): (readonly [string, number])[] {
  return names.map((name, at) => [name, at] as const).filter(([name, at]) => names.indexOf(name) !== at);
}
