import { isWhole } from './go-numbers.ts';
import { imagesOf, type LinuxKitConfig, type Placed } from './linuxkit-config.ts';
import type { Refuse } from './refuse.ts';
import type { TemplateDocument } from './template-document.ts';

type Owner = string | number | undefined;

/**
 * LinuxKit gives each container of the file an id, by its name: other names, and numbers in quotes or with a point, it does
 * not know.
 */
export function refuseOwners(document: TemplateDocument, config: LinuxKitConfig, refuse: Refuse): void {
  const names = new Set(imagesOf(config).map(({ value: { name } }) => name));
  for (const { path, value } of ownersOf(config)) {
    const why = typeof value === 'string' ? nameFault(value, names) : numberFault(document.written(path));
    if (why !== undefined) refuse(path, 'owner', why);
  }
}

function ownersOf(config: LinuxKitConfig): Placed<Owner>[] {
  const images = imagesOf(config);
  const files = (config.files ?? []).map((value, at) => ({ path: ['files', at], value }));
  return [
    ...[...images, ...files].flatMap(({ path, value }) =>
      (['uid', 'gid'] as const).map((key) => ({ path: [...path, key], value: value[key] })),
    ),
    ...images.flatMap(({ path, value }) =>
      (value.additionalGids ?? []).map((group, at) => ({ path: [...path, 'additionalGids', at], value: group })),
    ),
  ];
}

function nameFault(value: string, names: ReadonlySet<string>): string | undefined {
  if (value === '' || value === 'root' || names.has(value)) return undefined;
  const why = /^\d+$/.test(value) ? 'write the number without quotes' : 'write a number, or the name of a container';
  return `there is no container called ${JSON.stringify(value)}: ${why}`;
}

function numberFault(written: string | undefined): string | undefined {
  return written === undefined || isWhole(written) ? undefined : `${written} is no whole number for LinuxKit`;
}
