import { types } from 'node:util';

/** A value as a message of misuse names it. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (types.isDate(value)) return Number.isNaN(value.getTime()) ? 'an invalid date' : value.toISOString();
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}
