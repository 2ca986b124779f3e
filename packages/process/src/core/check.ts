import { describe } from '../check.ts';
import type { Message } from './message.ts';

/** Refuses what is no plain message. */
export function checkMessage(name: string, message: Message): void {
  if (typeof message !== 'object' || (message as unknown) === null) {
    throw new TypeError(`${name} must be an object with a type, not ${describe(message)}`);
  }
  checkName(`${name}.type`, message.type);
}

/** Refuses what is no name. */
export function checkName(name: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') return;
  const what = value === '' ? 'an empty string' : describe(value);
  throw new TypeError(`${name} must be a string that is not empty, not ${what}`);
}

/** Refuses what cannot be called. */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${name} must be a function, not ${describe(value)}`);
}
