// eslint-disable-next-line n/no-unsupported-features/node-builtins -- in 20.15 and from 22.2 on: all that still lives
export { crc32 } from 'node:zlib';
