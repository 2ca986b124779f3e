import type { Medium } from '@core/io';

import type { Places } from '../state/places.ts';
import type { Records } from '../state/records.ts';
import { isMissing } from '../state/state-error.ts';
import { ReservationFile } from './reservation-file.ts';

/** Removes the reservations of programs and machines that are gone. */
export async function sweepPorts(
  medium: Medium,
  { places, records }: { readonly places: Places; readonly records: Records },
  signal?: AbortSignal,
): Promise<void> {
  for (const name of await namesIn(medium, places.ports)) {
    signal?.throwIfAborted();
    if (/^[1-9]\d{0,4}$/.test(name)) await new ReservationFile(Number(name), medium, places, records).sweep(signal);
  }
}

async function namesIn(medium: Medium, dir: string): Promise<string[]> {
  try {
    return (await medium.list(dir)).filter(({ kind }) => kind === 'file').map(({ name }) => name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
