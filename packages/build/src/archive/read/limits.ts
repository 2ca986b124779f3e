/** How much an archive may unpack to before it is taken for a bomb. */
export interface ReadLimits {
  /** Bytes that come out of the compression: all contents, and the headers of a tar file; 16 GiB by default. */
  readonly maxBytes?: number | undefined;
  /** Entries; 100,000 by default. */
  readonly maxEntries?: number | undefined;
  /**
   * How many times larger than the archive its content may be; 250 by default. The first 64 MiB are free, since small
   * archives of much repetition are common and harmless.
   */
  readonly maxRatio?: number | undefined;
}

const DEFAULTS = { maxBytes: 16 * 2 ** 30, maxEntries: 100_000, maxRatio: 250 } as const;

const FREE_BYTES = 64 * 2 ** 20;

/** Names are kept in memory to the end, so they are bounded as well, all together. */
const MOST_NAME_CHARACTERS = 32 * 2 ** 20;

/** Why reading must stop. */
export interface Excess {
  readonly code: 'ERR_BUILD_ARCHIVE_RATIO' | 'ERR_BUILD_ARCHIVE_TOO_LARGE' | 'ERR_BUILD_ARCHIVE_TOO_MANY';
  readonly reason: string;
}

/** Counts what one reading of one archive unpacks to. */
export class Budget {
  readonly #maxBytes: number;
  readonly #maxEntries: number;
  readonly #maxRatio: number;
  readonly #archiveBytes: number;
  #bytes = 0;
  #entries = 0;
  #nameCharacters = 0;

  constructor(limits: ReadLimits, archiveBytes: number) {
    this.#maxBytes = checked('maxBytes', limits.maxBytes ?? DEFAULTS.maxBytes);
    this.#maxEntries = checked('maxEntries', limits.maxEntries ?? DEFAULTS.maxEntries);
    this.#maxRatio = checked('maxRatio', limits.maxRatio ?? DEFAULTS.maxRatio);
    this.#archiveBytes = archiveBytes;
  }

  /** Takes in bytes of content. */
  addBytes(bytes: number): Excess | undefined {
    this.#bytes += bytes;
    return this.wouldExceed(0);
  }

  /** What would stand against so many more bytes. */
  wouldExceed(bytes: number): Excess | undefined {
    const total = this.#bytes + bytes;
    if (total > this.#maxBytes) {
      return {
        code: 'ERR_BUILD_ARCHIVE_TOO_LARGE',
        reason: `it unpacks to more than ${String(this.#maxBytes)} bytes (limits.maxBytes)`,
      };
    }
    if (total > Math.max(FREE_BYTES, this.#archiveBytes * this.#maxRatio)) {
      const times = String(this.#maxRatio);
      return {
        code: 'ERR_BUILD_ARCHIVE_RATIO',
        reason: `it unpacks to more than ${times} times its size (limits.maxRatio)`,
      };
    }
    return undefined;
  }

  /** What stands against so many entries. */
  wouldHoldTooMany(entries: number): Excess | undefined {
    if (entries <= this.#maxEntries) return undefined;
    const most = String(this.#maxEntries);
    return { code: 'ERR_BUILD_ARCHIVE_TOO_MANY', reason: `it has more than ${most} entries (limits.maxEntries)` };
  }

  /** Takes in an entry. */
  addEntry(name: string): Excess | undefined {
    this.#entries += 1;
    this.#nameCharacters += name.length;
    const excess = this.wouldHoldTooMany(this.#entries);
    if (excess !== undefined) return excess;
    if (this.#nameCharacters <= MOST_NAME_CHARACTERS) return undefined;
    return { code: 'ERR_BUILD_ARCHIVE_TOO_MANY', reason: 'the names of its entries alone are more than 32 MiB' };
  }
}

function checked(name: string, value: number): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw new RangeError(`limits.${name} must be a number from 0 up, not ${String(value)}`);
}
