import { ErrnoSignal } from '../../errno.ts';

/** Devices that Windows finds under these names in every directory, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ ]*(?:\.|$)/iu;
/** Characters that no name may hold: `:` opens a hidden stream, `\` is a slash. */
const FORBIDDEN = /[\u0001-\u001f<>:"|?*\\]/u;
/** Windows drops these from the end of a name, which then is another one. */
const DROPPED = /[. ]$/u;

/** Refuses a normalized path with a name that means something else on Windows, with `ERR_INVALID_PATH`. */
export function refuseWindowsNames(path: string): void {
  for (const name of path.split('/')) {
    if (!DEVICE.test(name) && !FORBIDDEN.test(name) && !DROPPED.test(name)) continue;
    throw new ErrnoSignal('ERR_INVALID_PATH', { hint: `Windows cannot keep the name ${JSON.stringify(name)}.` });
  }
}
