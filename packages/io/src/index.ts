export { defineMedium, DefinedMedium } from './define-medium.ts';
export type {
  Awaitable,
  DriverEntry,
  DriverHandle,
  DriverSink,
  DriverStat,
  DriverWrite,
  MediumDriver,
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
export type {
  CancelOptions,
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
export { normalizePath } from './path.ts';
