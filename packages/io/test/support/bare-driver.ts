import { MemoryMedium, type MediumDriver, type MemoryTree } from '@core/io';

/** Only what a driver must have, over files in memory; a test replaces what it wants to see. */
export function bareDriver(tree: MemoryTree = {}): MediumDriver {
  const { driver } = new MemoryMedium(tree);
  return {
    stat: (path, follow) => driver.stat(path, follow),
    list: (path) => driver.list(path),
    read: (path, signal, borrow) => driver.read(path, signal, borrow),
    write: (path, bytes, options) => driver.write(path, bytes, options),
    mkdir: (path) => driver.mkdir(path),
    remove: (path) => driver.remove(path),
    rename: (from, to) => driver.rename(from, to),
  };
}
