const SIGNATURE = Buffer.from('~Module signature appended~\n');
const SIGNATURE_HEADER = 12;

/** A kernel module as it lies in its package. */
export class KernelModule {
  /** As the kernel calls it: with `_` for each `-`. */
  readonly name: string;
  /** The names of those that it needs. */
  readonly dependencies: readonly string[];
  /** What else it is asked for as: `fs-virtiofs`, `virtio:d00000002v*`. */
  readonly aliases: readonly string[];
  /** Without its signature, which costs the guest a second of arithmetic and is asked for by no kernel of Debian. */
  readonly content: Buffer;

  constructor(fileName: string, content: Buffer) {
    this.name = moduleName(fileName.replace(/\.ko$/, ''));
    this.content = withoutSignature(content);
    const text = content.toString('latin1');
    this.dependencies = [...text.matchAll(/\0depends=([^\0]*)\0/g)]
      .flatMap((match) => (match[1] ?? '').split(','))
      .filter((name) => name !== '')
      .map(moduleName);
    this.aliases = [...text.matchAll(/(?<=\0)alias=([^\0]+)(?=\0)/g)].map((match) => match[1] ?? '');
  }
}

/** The modules of these names and all that they need, each after what it needs. Those that are built in are not there. */
export function loadOrder(modules: ReadonlyMap<string, KernelModule>, names: readonly string[]): KernelModule[] {
  const ordered = new Set<KernelModule>();
  const add = (name: string): void => {
    const module = modules.get(name);
    if (module === undefined || ordered.has(module)) return;
    module.dependencies.forEach(add);
    ordered.add(module);
  };
  names.forEach(add);
  return [...ordered];
}

/** What `modprobe` reads to know what a module needs, which Debian makes when it installs a kernel. */
export function modulesDep(modules: ReadonlyMap<string, KernelModule>): string {
  const lines = [...modules.values()].map((module) => {
    const needed = loadOrder(modules, [module.name]).slice(0, -1).reverse();
    return `${module.name}.ko:${needed.map(({ name }) => ` ${name}.ko`).join('')}\n`;
  });
  return lines.join('');
}

/** What `modprobe` reads to know a module by its other names. */
export function modulesAlias(modules: ReadonlyMap<string, KernelModule>): string {
  return [...modules.values()]
    .flatMap(({ name, aliases }) => aliases.map((alias) => `alias ${alias} ${name}\n`))
    .join('');
}

function moduleName(text: string): string {
  return text.replaceAll('-', '_');
}

function withoutSignature(content: Buffer): Buffer {
  if (!content.subarray(-SIGNATURE.length).equals(SIGNATURE)) return content;
  const header = content.length - SIGNATURE.length - SIGNATURE_HEADER;
  return content.subarray(0, header - content.readUInt32BE(header + 8));
}
