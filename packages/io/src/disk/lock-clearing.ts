import { LockFile } from './lock-file.ts';
import { Judge } from './lock-judge.ts';
import { isLockName } from './lock-name.ts';

/** Takes the lock file or marker `name` in the directory `dir` away if its holder is gone. Other names are left alone. */
export function clearDeadLock(dir: string, name: string): void {
  if (isLockName(name)) new LockFile(dir, name, new Judge(dir)).clear();
}
