import { posix } from 'node:path';

/**
 * Names of files that a module may read beside itself at run time: what stands in quotes after its own address or
 * folder. Each is a guess, held against the disk afterwards; one too many only makes the script longer.
 */
export function namedFiles(text: string): string[] {
  if (!/import\.meta|__dirname|__filename/.test(text)) return [];
  const names = new Set<string>();
  for (const [, name] of text.matchAll(BY_ADDRESS)) if (name !== undefined) names.add(name);
  for (const [, parts = ''] of text.matchAll(BY_FOLDER)) names.add(joinQuoted(parts));
  for (const [, name] of text.matchAll(BY_TEXT)) if (name !== undefined) names.add(`.${name}`);
  return [...names].filter((name) => name !== '' && !name.includes('\0'));
}

/** `new URL('../package.json', import.meta.url)` */
const BY_ADDRESS = /\bnew\s+URL\(\s*["'`]([^"'`$:]+)["'`]\s*,\s*import\.meta\.url\s*\)/g;

const FOLDER = String.raw`(?:__dirname|import\.meta\.dirname|(?:\w+\.)?dirname\(\s*(?:__filename|import\.meta\.filename|(?:\w+\.)?fileURLToPath\(\s*import\.meta\.url\s*\))\s*\))`;
const QUOTED = String.raw`\s*,\s*["'][^"'\\]*["']`;

/** `join(__dirname, '..', 'package.json')` */
const BY_FOLDER = new RegExp(String.raw`\b(?:join|resolve)\(\s*${FOLDER}((?:${QUOTED})+)\s*\)`, 'g');

/** `__dirname + '/data.json'` and `${__dirname}/data.json` */
const BY_TEXT = new RegExp(String.raw`${FOLDER}(?:\s*\+\s*["']|\}?)(\/[^"'\`$\s]+)["'\`]`, 'g');

function joinQuoted(parts: string): string {
  const names = [...parts.matchAll(/["']([^"'\\]*)["']/g)].map(([, name = '']) => name);
  return names.length === 0 ? '' : posix.join(...names);
}

/** The modules of Node whose reads are looked after. */
export const FILE_MODULES: RegExp = /^(?:node:)?fs(?:\/promises)?$/;

/** A module in the place of `node:fs`: files of the script are read from it, all others from the disk. */
export function fileModuleText(name: string): string {
  const bare = name.replace(/^node:/, '');
  return `module.exports = __coreFiles(require(${JSON.stringify(`node:${bare}`)}), ${String(bare === 'fs/promises')});`;
}

/** The contents by their place from the script, and what puts them before those of the disk. */
export function filesPrelude(contents: ReadonlyMap<string, Uint8Array>): string {
  if (contents.size === 0) return '';
  const sorted = [...contents].sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = sorted.map(([place, bytes]) => `  ${JSON.stringify(place)}: ${JSON.stringify(encode(bytes))},\n`);
  return `var __coreContents = {\n${entries.join('')}};\n${READER}`;
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Plain JavaScript for every Node: it is a part of the script. */
const READER = `var __coreFiles = function (fs, promises) {
  var path = __coreRequire('node:path');
  var held = function (file) {
    try {
      var name = file instanceof URL ? __coreRequire('node:url').fileURLToPath(file) : file;
      var place = typeof name === 'string' ? path.relative(__coreHome, name).split(path.sep).join('/') : '';
      return Object.prototype.hasOwnProperty.call(__coreContents, place) ? Buffer.from(__coreContents[place], 'base64') : null;
    } catch (_) {
      return null;
    }
  };
  var decode = function (bytes, options) {
    var encoding = typeof options === 'string' ? options : options && options.encoding;
    return encoding && encoding !== 'buffer' ? bytes.toString(encoding) : bytes;
  };
  var later = function (file, options) {
    var bytes = held(file);
    return bytes ? Promise.resolve(decode(bytes, options)) : (promises ? fs : fs.promises).readFile(file, options);
  };
  var own = promises ? { readFile: later } : {
    readFileSync: function (file, options) {
      var bytes = held(file);
      return bytes ? decode(bytes, options) : fs.readFileSync(file, options);
    },
    readFile: function (file, options, done) {
      var bytes = held(file);
      if (!bytes) return fs.readFile.apply(fs, arguments);
      var call = typeof options === 'function' ? options : done;
      process.nextTick(call, null, decode(bytes, typeof options === 'function' ? null : options));
    },
    existsSync: function (file) {
      return held(file) !== null || fs.existsSync(file);
    },
    createReadStream: function (file, options) {
      var bytes = held(file);
      if (!bytes) return fs.createReadStream(file, options);
      var stream = __coreRequire('node:stream').Readable.from([bytes], { objectMode: false });
      var encoding = typeof options === 'string' ? options : options && options.encoding;
      return encoding ? stream.setEncoding(encoding) : stream;
    },
    promises: new Proxy(fs.promises, { get: function (target, key) { return key === 'readFile' ? later : target[key]; } }),
  };
  return new Proxy(fs, {
    get: function (target, key) {
      return Object.prototype.hasOwnProperty.call(own, key) ? own[key] : target[key];
    },
  });
};
`;
