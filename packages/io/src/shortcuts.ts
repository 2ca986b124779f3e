const SHORTCUTS = new WeakSet<object>();

/**
 * Marks methods of a subclass that do exactly what the derived ones do with the same primitives, only quicker: the
 * primitives still say all that the medium does.
 */
export function declareShortcuts<T extends object>(prototype: T, ...names: (keyof T)[]): void {
  for (const name of names) SHORTCUTS.add(prototype[name] as object);
}

export function isShortcut(method: object): boolean {
  return SHORTCUTS.has(method);
}
