import { type EntryProblem, foldName, nameProblem } from './entry-name.ts';

/** What an entry of an archive is. */
export type EntryKind = 'dir' | 'file' | 'hardlink' | 'symlink';

interface Node {
  readonly name: string;
  readonly kind: EntryKind;
  /** Named by an entry of its own, not only as a part of a longer name. */
  listed: boolean;
}

/** As many as the kernel follows. */
const MOST_HOPS = 40;

/**
 * The names of an archive so far: what the writer must not write and the reader must not believe. Names that differ by
 * case or Unicode form only are the same, since they are on some systems.
 */
export class EntryTree {
  readonly #nodes = new Map<string, Node>();
  /** Directories that are known in exactly this spelling. */
  readonly #directories = new Set<string>();
  /** What each link says, by folded name. */
  readonly #links = new Map<string, string>();

  /** Takes a (clean) name in; says why it cannot be. */
  add(name: string, kind: EntryKind, target = ''): EntryProblem | undefined {
    const problem = nameProblem(name) ?? this.#enter(parentOf(name)) ?? this.#place(name, kind);
    if (problem !== undefined) return problem;
    return kind === 'symlink' ? this.#link(name, target) : undefined;
  }

  /** Whether an entry of this very name is a file that came before. */
  hasFile(name: string): boolean {
    const node = this.#nodes.get(foldName(name));
    return node?.name === name && (node.kind === 'file' || node.kind === 'hardlink');
  }

  /**
   * The first link that leads out, followed as a kernel does: through the other links, also later ones. To be asked
   * when all names are in.
   */
  escapingLink(): string | undefined {
    for (const [folded, target] of this.#links) {
      if (this.#escapes(parentOf(folded), target)) return this.#nodes.get(folded)?.name ?? folded;
    }
    return undefined;
  }

  /** Makes sure that `directory` and what is above it are directories, in this spelling. */
  #enter(directory: string): EntryProblem | undefined {
    if (directory === '' || this.#directories.has(directory)) return undefined;
    const above = this.#enter(parentOf(directory));
    if (above !== undefined) return above;
    const folded = foldName(directory);
    const node = this.#nodes.get(folded);
    if (node?.kind === 'symlink') {
      return {
        code: 'ERR_BUILD_ARCHIVE_THROUGH_LINK',
        reason: `it would be written through the link ${show(node.name)}`,
      };
    }
    if (node !== undefined && (node.kind !== 'dir' || node.name !== directory)) return duplicate(node);
    if (node === undefined) this.#nodes.set(folded, { name: directory, kind: 'dir', listed: false });
    this.#directories.add(directory);
    return undefined;
  }

  #place(name: string, kind: EntryKind): EntryProblem | undefined {
    const folded = foldName(name);
    const node = this.#nodes.get(folded);
    if (node === undefined) {
      this.#nodes.set(folded, { name, kind, listed: true });
      if (kind === 'dir') this.#directories.add(name);
      return undefined;
    }
    if (kind !== 'dir' || node.kind !== 'dir' || node.name !== name || node.listed) return duplicate(node);
    node.listed = true;
    return undefined;
  }

  #link(name: string, target: string): EntryProblem | undefined {
    this.#links.set(foldName(name), target);
    // a link that climbs out by itself is refused at once; one that does so through others, at the end
    if (target !== '' && !climbsOut(parentOf(name), target)) return undefined;
    return {
      code: 'ERR_BUILD_ARCHIVE_LINK_ESCAPES',
      reason: `it is a link that leads out of the archive: ${show(target)}`,
    };
  }

  #escapes(from: string, target: string): boolean {
    const at = from === '' ? [] : from.split('/');
    const ahead = target.split('/').reverse();
    for (let hops = 0; ahead.length > 0;) {
      const part = ahead.pop() ?? '';
      if (part === '' || part === '.') continue;
      if (part === '..') {
        if (at.pop() === undefined) return true;
        continue;
      }
      at.push(foldName(part));
      const next = this.#links.get(at.join('/'));
      if (next === undefined) continue;
      if ((hops += 1) > MOST_HOPS) return false; // a loop leads nowhere
      at.pop();
      ahead.push(...next.split('/').reverse());
    }
    return false;
  }
}

/** Whether a link in directory `from` leads out, other links left aside. */
function climbsOut(from: string, target: string): boolean {
  if (target.startsWith('/') || target.includes('\\') || /^[A-Za-z]:/.test(target) || target.includes('\0'))
    return true;
  let depth = from === '' ? 0 : from.split('/').length;
  for (const part of target.split('/')) {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

function duplicate(node: Node): EntryProblem {
  return { code: 'ERR_BUILD_ARCHIVE_DUPLICATE', reason: `its place is taken by ${show(node.name)}` };
}

function show(name: string): string {
  return JSON.stringify(name);
}
