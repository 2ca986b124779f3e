export type {
  ArchiveEncoder,
  DirectoryEntry,
  EncodedEntry,
  EncodeOptions,
  FileEntry,
  LinkEntry,
} from '../archive/encoder.ts';
export { tarGzEncoder } from '../archive/tar-gz.ts';
export { zipEncoder } from '../archive/zip.ts';
export {
  archiveConformance,
  type ArchiveConformanceCase,
  type ArchiveFeature,
  type ArchiveSubject,
  type UnpackedEntry,
} from './archive-conformance.ts';
export { unpackWithReader } from './unpack-with-reader.ts';
