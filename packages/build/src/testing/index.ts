export type {
  ArchiveEncoder,
  DirectoryEntry,
  EncodedEntry,
  EncodeOptions,
  FileEntry,
  LinkEntry,
} from '../archive/encoder.ts';
export { tarGzEncoder } from '../archive/tar-gz.ts';
export { tarXzEncoder } from '../archive/tar-xz.ts';
export { tarZstEncoder } from '../archive/tar-zst.ts';
export { zipEncoder } from '../archive/zip.ts';
export {
  archiveConformance,
  type ArchiveConformanceCase,
  type ArchiveFeature,
  type ArchiveSubject,
  type UnpackedEntry,
} from './archive-conformance.ts';
export {
  builderConformance,
  type BuilderConformanceCase,
  type BuilderFeature,
  type BuilderSubject,
} from './builder-conformance.ts';
export { unpackWithReader } from './unpack-with-reader.ts';
