/** Does something whose failure is of no interest, neither at once nor later: nobody is told of it. */
export function quietly(work: () => unknown): void {
  try {
    const later = work();
    if (typeof later === 'object' && later !== null) Promise.resolve(later).catch(() => undefined);
  } catch {
    // that is what it is for
  }
}
