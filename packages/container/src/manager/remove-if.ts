import type { Container } from '../container.ts';
import type { State } from '../state/state.ts';

/**
 * Removes a machine if this is so at the moment when it is removed: another program may have started it since it was
 * looked at. Says whether it did.
 *
 * @throws `ERR_CONTAINER_NOT_FOUND`
 */
export async function removeIf(state: State, id: string, isSo: (current: Container) => boolean): Promise<boolean> {
  const changed = new Error('The machine is not as it was');
  const check = (current: Container): void => {
    if (!isSo(current)) throw changed;
  };
  try {
    await state.remove(id, { check });
    return true;
  } catch (error) {
    if (error === changed) return false;
    throw error;
  }
}
