import type { Medium } from '../medium.ts';
import type { CreateMedium } from './conformance.ts';

/** Does `work` on a medium of its own, and disposes of it afterwards where it can be disposed of. */
export async function withMedium<T>(create: CreateMedium, work: (medium: Medium) => T | Promise<T>): Promise<T> {
  const medium: Medium & Partial<AsyncDisposable> = await create();
  try {
    return await work(medium);
  } finally {
    await medium[Symbol.asyncDispose]?.();
  }
}
