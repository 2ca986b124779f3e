export { onAbort } from './abort.ts';
export { copy, type CopyOptions, type CopyProgress } from './copy.ts';
export { defineMedium, DefinedMedium } from './define-medium.ts';
export { DiskMedium, type DiskMediumOptions, type EscapeAttempt } from './disk/disk-medium.ts';
export { localMedium } from './disk/local-medium.ts';
export type {
  Awaitable,
  DriverAppend,
  DriverEntry,
  DriverHandle,
  DriverSink,
  DriverStat,
  DriverWrite,
  MediumDriver,
  Walker,
} from './driver.ts';
export { ErrnoSignal } from './errno.ts';
export {
  CoreError,
  type CoreErrorOptions,
  IoError,
  type IoErrorCode,
  type IoErrorOptions,
  isCoreError,
} from './errors.ts';
export { glob, type GlobOptions } from './glob.ts';
export { InvalidJsonError, readJson, writeJson, type WriteJsonOptions } from './json.ts';
export { type CompleteDriver, driverOf } from './layers/driver-of.ts';
export type { Change } from './layers/overlay/changes.ts';
export type { OverlayMedium } from './layers/overlay/overlay-medium.ts';
export { overlay } from './layers/overlay.ts';
export { readonly } from './layers/readonly.ts';
export { sub } from './layers/sub.ts';
export type {
  AppendOptions,
  CancelOptions,
  OpenOptions,
  Content,
  DirEntry,
  FileInfo,
  FileKind,
  Lock,
  LockOptions,
  Medium,
  MediumCapabilities,
  ReadHandle,
  ReadStreamOptions,
  SandboxStrength,
  StatOptions,
  WalkOptions,
  WatchEvent,
  WriteOptions,
  WriteStreamOptions,
} from './medium.ts';
export { MemoryLink, type MemoryTree } from './memory-tree.ts';
export { MemoryMedium, type MemoryMediumOptions } from './memory/memory-medium.ts';
export { normalizePath } from './path.ts';
export { pump } from './pump.ts';
export { snapshot, writeTree } from './tree.ts';
export { unlessAborted } from './unless-aborted.ts';
