/** Refuses what is no whole number within bounds. */
export function checkNumber(argument: string, value: unknown, min: number, max: number): void {
  if (typeof value !== 'number') throw new TypeError(`${argument} must be a number, not ${typeof value}`);
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${argument} must be from ${String(min)} to ${String(max)}, not ${String(value)}`);
}
