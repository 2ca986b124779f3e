import { imagesOf, type LinuxKitConfig, type Placed } from './linuxkit-config.ts';
import type { Refuse } from './refuse.ts';

interface OwnerHere extends Placed<string | number | undefined> {
  readonly config: LinuxKitConfig;
}

/** LinuxKit gives each container of the file an id, by its name: other names, and numbers in quotes, it does not know. */
export function refuseOwner({ path, value, config }: OwnerHere, refuse: Refuse): void {
  if (typeof value !== 'string' || value === '' || value === 'root') return;
  if (imagesOf(config).some(({ value: { name } }) => name === value)) return;
  const why = /^\d+$/.test(value) ? 'write the number without quotes' : 'write a number, or the name of a container';
  refuse(path, 'owner', `there is no container called ${JSON.stringify(value)}: ${why}`);
}
