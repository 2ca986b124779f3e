/** Refuses what is no text, or text that no system call takes; `undefined` passes. */
export function checkText(name: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, not ${describe(value)}`);
  if (value === '') throw new TypeError(`${name} must not be an empty string`);
  if (value.includes('\0')) throw new TypeError(`${name} must not hold a NUL character`);
}

/** Refuses what is no whole number from `least` to `most`; `undefined` passes. */
export function checkNumber(name: string, value: unknown, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)) return;
  const wanted = `a whole number from ${String(least)} to ${String(most)}`;
  throw new RangeError(`${name} must be ${wanted}, not ${describe(value)}`);
}

/** Refuses what is neither `true` nor `false`; `undefined` passes. */
export function checkFlag(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new TypeError(`${name} must be true or false, not ${describe(value)}`);
}

/** Refuses what is no `AbortSignal`, of whatever realm; `undefined` passes. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  if (isObject(signal) && 'aborted' in signal && 'addEventListener' in signal) return;
  throw new TypeError(`signal must be an AbortSignal, not ${describe(signal)} (a POSIX signal is killSignal)`);
}

/** Refuses what is not one of these words; `undefined` passes. */
export function checkWord(name: string, value: unknown, words: readonly string[]): void {
  if (value === undefined || words.includes(value as string)) return;
  const wanted = words.map((word) => JSON.stringify(word)).join(' or ');
  throw new TypeError(`${name} must be ${wanted}, not ${describe(value)}`);
}

/** Refuses what has no named parts; `undefined` passes. */
export function checkObject(name: string, value: unknown): void {
  if (value === undefined || isObject(value)) return;
  throw new TypeError(`${name} must be an object, not ${describe(value)}`);
}

/** Refuses what is no list; `undefined` passes. */
export function checkList(name: string, value: unknown): void {
  if (value === undefined || Array.isArray(value)) return;
  throw new TypeError(`${name} must be an array, not ${describe(value)}`);
}

/** A value as a message of misuse names it. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 200));
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
