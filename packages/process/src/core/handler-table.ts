import { checkSignal } from '../check.ts';
import { onAbort } from '@core/io';

import type { Subscription } from './subscription.ts';

/** A handler that was registered. */
export interface Registration<H> extends Subscription {
  /** The one type that it hears; `undefined` hears all. */
  readonly type: string | undefined;
  readonly handle: H;
  readonly isOpen: boolean;
}

/**
 * Handlers by the type of message that they hear, in the order of their registration.
 *
 * Arrays are replaced and never changed: who goes through one is not disturbed by who registers meanwhile.
 */
export class HandlerTable<H> {
  /** For each type that somebody names: those who name it, and those who hear all. */
  readonly #byType = new Map<string, readonly Registration<H>[]>();
  /** Those who hear all. */
  #forAll: readonly Registration<H>[] = [];

  /** Who hears messages of this type; some may have been closed since, which is to be looked at before each call. */
  of(type: string): readonly Registration<H>[] {
    return this.#byType.get(type) ?? this.#forAll;
  }

  /** Registers a handler of one type, or of all. */
  add(type: string | undefined, handle: H, signal: AbortSignal | undefined): Registration<H> {
    checkSignal(signal);
    const registration = new Registered(type, handle, (closed) => {
      this.#remove(closed);
    });
    if (signal?.aborted === true) registration.close();
    else this.#insert(registration);
    registration.closeOnAbort(signal);
    return registration;
  }

  #insert(registration: Registration<H>): void {
    const { type } = registration;
    if (type !== undefined) {
      this.#byType.set(type, [...this.of(type), registration]);
      return;
    }
    for (const [name, heard] of this.#byType) this.#byType.set(name, [...heard, registration]);
    this.#forAll = [...this.#forAll, registration];
  }

  #remove(registration: Registration<H>): void {
    const { type } = registration;
    const names = type === undefined ? [...this.#byType.keys()] : [type];
    for (const name of names) {
      const left = this.of(name).filter((other) => other !== registration);
      if (left.some((other) => other.type !== undefined)) this.#byType.set(name, left);
      else this.#byType.delete(name);
    }
    if (type === undefined) this.#forAll = this.#forAll.filter((other) => other !== registration);
  }
}

class Registered<H> implements Registration<H> {
  readonly type: string | undefined;
  readonly handle: H;
  /** A plain field, because it is read before each call. */
  isOpen = true;
  readonly #onClose: (closed: Registration<H>) => void;
  #stopListening: () => void = () => undefined;

  constructor(type: string | undefined, handle: H, onClose: (closed: Registration<H>) => void) {
    this.type = type;
    this.handle = handle;
    this.#onClose = onClose;
  }

  closeOnAbort(signal: AbortSignal | undefined): void {
    if (!this.isOpen) return;
    this.#stopListening = onAbort(signal, () => {
      this.close();
    });
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#stopListening();
    this.#onClose(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
