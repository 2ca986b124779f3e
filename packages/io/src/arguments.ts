import { types } from 'node:util';

import type { DriverWrite } from './driver.ts';
import type { WriteOptions } from './medium.ts';
import { describe } from './path.ts';

/** What a primitive is told of a write; `owned`: nobody else holds the bytes. */
export function driverWrite(options: WriteOptions | undefined, owned: boolean): DriverWrite {
  if (options?.mode !== undefined) checkMode(options.mode);
  return {
    mode: options?.mode,
    exclusive: options?.exclusive ?? false,
    durable: options?.durable ?? false,
    signal: options?.signal,
    owned,
  };
}

/** `RangeError` for what are no permission bits. */
export function checkMode(mode: number): void {
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o7777) return;
  throw new RangeError(`The mode must be permission bits from 0 to 0o7777, not ${String(mode)}`);
}

/** `TypeError` for what is no date, `RangeError` for one that cannot be. */
export function checkDate(name: string, date: Date): void {
  if (!types.isDate(date)) throw new TypeError(`${name} must be a Date, not ${describe(date)}`);
  if (Number.isNaN(date.getTime())) throw new RangeError(`${name} must be a valid date`);
}

/** `RangeError` for what is no number of milliseconds. */
export function checkDuration(name: string, value: number | undefined): void {
  if (value === undefined || (typeof value === 'number' && value >= 0)) return;
  throw new RangeError(`${name} must be a number of milliseconds from 0 up, not ${String(value)}`);
}
