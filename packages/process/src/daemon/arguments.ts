/** Letters and digits of any language, and signs that no file system and no shell takes for something else. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.@+-]*$/u;
const LONGEST_NAME_BYTES = 100;

/** Refuses what is no name for a part of a file name: also separators, `..`, and what is hidden. */
export function checkName(argument: string, name: unknown): void {
  if (typeof name !== 'string') throw new TypeError(`${argument} must be a string, not ${kindOf(name)}`);
  if (isName(name)) return;
  const wanted = `1 to ${String(LONGEST_NAME_BYTES)} bytes of letters, digits and _ . @ + -, beginning with one of the first`;
  throw new TypeError(`${argument} must be a name of ${wanted} three, not ${JSON.stringify(name.slice(0, 200))}`);
}

/** Whether it can be a part of a file name. */
export function isName(name: string): boolean {
  return NAME.test(name) && Buffer.byteLength(name) <= LONGEST_NAME_BYTES;
}

/** Refuses what cannot be called. */
export function checkFunction(argument: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${argument} must be a function, not ${kindOf(value)}`);
}

/** Refuses what is no number of a process. */
export function checkPid(argument: string, pid: unknown): void {
  if (isPid(pid)) return;
  throw new RangeError(`${argument} must be the number of a process, not ${kindOf(pid)}`);
}

/** Whether it can be the number of a process; what is below 1 would be a group of them. */
export function isPid(pid: unknown): pid is number {
  return Number.isInteger(pid) && Number(pid) >= 1 && Number(pid) <= 2_147_483_647;
}

function kindOf(value: unknown): string {
  return value === null || typeof value === 'number' || value === undefined ? String(value) : `a ${typeof value}`;
}
