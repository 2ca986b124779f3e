/** The pieces of work that wait or are being done in this process: there is one action at a time for each of them. */
export class InFlight {
  readonly #waiting = new Map<string, { readonly ended: Promise<void>; readonly end: () => void }>();
  readonly #endedAt = new Map<string, number>();
  #moment = 0;

  /** A moment after all that has happened so far. */
  now(): number {
    return (this.#moment += 1);
  }

  /**
   * Whether what was seen of the work at that moment is no ground to act: something is being done to it, or was done
   * since, and nobody has looked at it again.
   */
  isBusy(work: string, seenAt: number): boolean {
    return this.#waiting.has(work) || (this.#endedAt.get(work) ?? 0) > seenAt;
  }

  begin(work: string): void {
    if (this.#waiting.has(work)) return;
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    this.#waiting.set(work, { ended, end });
  }

  end(work: string): void {
    this.#endedAt.set(work, this.now());
    this.#waiting.get(work)?.end();
    this.#waiting.delete(work);
  }

  /** Resolves when nothing of it waits or is being done any more. */
  async ended(work: string): Promise<void> {
    await this.#waiting.get(work)?.ended;
  }

  /** Nothing that waits will be done any more. */
  clear(): void {
    for (const work of [...this.#waiting.keys()]) this.end(work);
  }
}
