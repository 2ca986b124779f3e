/** What was registered, until it is closed; the second time does nothing. */
export interface Subscription extends Disposable {
  /** Lets go of it: its handler is not called any more, not even for a message that is on its way. */
  close(): void;
}

/** How something is registered. */
export interface SubscribeOptions {
  /** Closes the subscription; aborted before, nothing is registered. */
  readonly signal?: AbortSignal | undefined;
}
