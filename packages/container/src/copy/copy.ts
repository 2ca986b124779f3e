import type { CancelOptions } from '@core/io';

import { checkObject, checkSignal, checkText, checkWord, describe } from '../manager/check.ts';
import type { ManagerContext } from '../manager/context.ts';
import { checkRunning } from '../manager/control-of.ts';
import { Guest } from '../manager/guest.ts';
import { mountVolumes } from '../manager/mount-volumes.ts';
import { findTruth } from '../manager/truth.ts';
import { copyIn } from './copy-in.ts';
import { copyOut } from './copy-out.ts';

/** A file or directory in the guest of a machine. */
export interface GuestPlace {
  /** Of the machine. */
  readonly id: string;
  /** Absolute path in the guest. */
  readonly path: string;
}

/** A path of this system, on the manager's medium, or one in a machine. */
export type CopyPlace = string | GuestPlace;

/** How something is copied. */
export interface CopyOptions extends CancelOptions {
  /** By which way; see `exec`. */
  readonly via?: 'agent' | 'ssh' | undefined;
}

/** Copies a file or a directory into a machine, or out of one. */
export async function copy(
  context: ManagerContext,
  from: CopyPlace,
  { to, ...options }: CopyOptions & { readonly to: CopyPlace },
): Promise<void> {
  const { place, path, isOut } = checkPlaces(from, to);
  checkObject('options', options);
  checkWord('via', options.via, ['agent', 'ssh']);
  checkSignal(options.signal);
  const { signal } = options;
  signal?.throwIfAborted();
  const container = await findTruth(context, place.id, { signal });
  checkRunning(container, isOut ? 'copy out of' : 'copy into');
  await mountVolumes(context, container, { signal });
  const { medium } = context;
  const { name: machine } = container;
  await new Guest(context, container).use(options, (runner) =>
    (isOut ? copyOut : copyIn)({ runner, medium, machine, path, guestPath: place.path, signal }),
  );
}

/** Refuses two places of one kind. */
function checkPlaces(
  from: CopyPlace,
  to: CopyPlace,
): { readonly place: GuestPlace; readonly path: string; readonly isOut: boolean } {
  if (typeof from === 'string' && typeof to === 'object') {
    checkText('from', from);
    return { place: checkPlace('to', to), path: from, isOut: false };
  }
  if (typeof from === 'object' && typeof to === 'string') {
    checkText('to', to);
    return { place: checkPlace('from', from), path: to, isOut: true };
  }
  throw new TypeError('from and to must be a path of this system and a place in a machine ({ id, path })');
}

function checkPlace(name: string, place: GuestPlace): GuestPlace {
  checkObject(name, place);
  const { id, path } = place as Partial<GuestPlace>;
  checkText(`${name}.id`, id ?? null);
  checkText(`${name}.path`, path ?? null);
  if (path?.startsWith('/') === true) return place;
  throw new TypeError(`${name}.path must be an absolute path in the guest, not ${describe(path)}`);
}
