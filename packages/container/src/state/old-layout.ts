import type { CancelOptions, Medium } from '@core/io';

import type { Container } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { locked } from './locked.ts';
import { readOldForm, type TellProblem } from './old-form.ts';
import type { Places } from './places.ts';
import { isMissing } from './state-error.ts';

/** What an import needs. */
export interface ImportOptions extends CancelOptions {
  readonly medium: Medium;
  readonly places: Places;
  /** Puts a machine, if it is not there. */
  readonly add: (container: Container) => Promise<unknown>;
  readonly onProblem: TellProblem;
}

/**
 * Makes the directory of the machines. Where there is none, but a `containers.json`, its machines are put into it: once,
 * also when several programs begin at the same time, and to the end, also when one of them is killed meanwhile.
 *
 * The copy `containers.importing.json` says that an import is under way; in the end it gets a dated name and stays.
 */
export async function prepareLayout(options: ImportOptions): Promise<void> {
  const { medium, places, signal } = options;
  const copy = `${places.snapshot.replace(/\.json$/, '')}.importing.json`;
  if ((await medium.isDir(places.vms, { signal })) && !(await medium.exists(copy, { signal }))) return;
  await medium.ensureDir(places.root, { signal });
  const prepare = async (): Promise<void> => {
    if (!(await medium.isDir(places.vms, { signal }))) {
      const old = await readIfThere(medium, places.snapshot);
      if (old !== undefined && !(await medium.exists(copy, { signal }))) await medium.write(copy, old, { signal });
    }
    await makePrivate(medium, places.vms);
    const text = await readIfThere(medium, copy);
    if (text !== undefined) await finish(text, copy, options);
  };
  await locked(medium, places.snapshot, prepare, { signal });
}

async function finish(text: string, copy: string, { medium, places, add, onProblem }: ImportOptions): Promise<void> {
  const kept = copy.replace('importing', `imported-${new Date().toISOString().replaceAll(':', '-')}`);
  try {
    for (const container of readOldForm(text, places.snapshot, onProblem)) await add(container);
  } catch (error) {
    if (!(error instanceof ContainerError) || error.code !== 'ERR_CONTAINER_STATE_CORRUPT') throw error;
    onProblem(error);
  }
  await medium.rename(copy, kept);
}

/** The sockets in it lead to the machines themselves. */
async function makePrivate(medium: Medium, vms: string): Promise<void> {
  if (await medium.isDir(vms)) return;
  await medium.ensureDir(vms);
  if (medium.capabilities.mode) await medium.chmod(vms, 0o700);
}

async function readIfThere(medium: Medium, path: string): Promise<string | undefined> {
  try {
    return Buffer.from(await medium.readBytes(path)).toString();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
