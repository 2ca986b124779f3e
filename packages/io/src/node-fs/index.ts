export type { NodeCallback, NodeFsCallbacks } from './callback-types.ts';
export type { NodeFsConstants } from './constants.ts';
export type { NodeFileHandle, NodeReadOptions, NodeReadResult, NodeWriteResult } from './file-handle.ts';
export type { NodeBigIntStats, NodeDirent, NodeStats } from './stats.ts';
export type { NodeReadStream, NodeReadStreamOptions } from './read-stream.ts';
export type { NodeWriteStream, NodeWriteStreamOptions } from './write-stream.ts';
export { type NodeFs, toNodeFs } from './to-node-fs.ts';
export type {
  NodeContent,
  NodeEncoding,
  NodeFlags,
  NodeFsPromises,
  NodeMkdirOptions,
  NodeMode,
  NodePath,
  NodeReaddirOptions,
  NodeReadFileOptions,
  NodeRmOptions,
  NodeStatOptions,
  NodeTime,
  NodeWriteFileOptions,
} from './types.ts';
