import { nearestWord } from '../../config/nearest.ts';
import { BuildError } from '../../errors.ts';

/** One output of `linuxkit build`. */
interface Format {
  /** The files that it makes, as what follows the name: linuxkit's own src/cmd/linuxkit/moby/build/output.go. */
  readonly files: readonly string[];
  /** It must be the only one of its command. */
  readonly alone?: true;
}

/** The command line of the kernel is not written where it is empty. */
export const OPTIONAL_FILE = '-cmdline';

const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>(
  Object.entries({
    aws: { files: ['.raw'] },
    docker: { files: ['.docker'], alone: true },
    'dynamic-vhd': { files: ['.vhd'] },
    gcp: { files: ['.img.tar.gz'] },
    'iso-bios': { files: ['.iso'] },
    'iso-efi': { files: ['-efi.iso'] },
    'iso-efi-initrd': { files: ['-efi-initrd.iso'] },
    'kernel+erofs': { files: ['-kernel', OPTIONAL_FILE, '-erofs.img'] },
    'kernel+initrd': { files: ['-kernel', OPTIONAL_FILE, '-initrd.img'] },
    'kernel+iso': { files: ['-kernel', OPTIONAL_FILE, '.iso'] },
    'kernel+squashfs': { files: ['-kernel', OPTIONAL_FILE, '-squashfs.img'] },
    'qcow2-bios': { files: ['.qcow2'] },
    'qcow2-efi': { files: ['-efi.qcow2'] },
    'raw-bios': { files: ['-bios.img'] },
    'raw-efi': { files: ['-efi.img'] },
    rpi3: { files: ['.tar'] },
    tar: { files: ['.tar'], alone: true },
    'tar-kernel-initrd': { files: ['-initrd.tar'] },
    vhd: { files: ['.vhd'] },
    vmdk: { files: ['.vmdk'] },
  } satisfies Record<string, Format>),
);

/** What a short name stands for: EFI, which machines of every kind have. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['iso', 'iso-efi'],
  ['qcow2', 'qcow2-efi'],
  ['raw', 'raw-efi'],
]);

/**
 * The formats of a configuration in linuxkit's own words, each once.
 *
 * @throws `ERR_BUILD_CONFIG_INVALID` for one that is not known, for none at all, and for two that make the same file.
 */
export function knownFormats(words: readonly string[]): string[] {
  const formats = [...new Set(words.map((word) => SHORT.get(word) ?? word))];
  if (formats.length === 0) throw wrong('there are none', `Name some: ${allWords()}.`);
  const makers = new Map<string, string>();
  for (const format of formats) {
    const known = FORMATS.get(format);
    if (known === undefined) throw unknownFormat(format);
    for (const file of known.files.filter((name) => !name.startsWith('-kernel') && name !== OPTIONAL_FILE)) {
      const other = makers.get(file);
      if (other !== undefined) throw wrong(`${other} and ${format} make the same file`, 'Keep one of them.');
      makers.set(file, format);
    }
  }
  return formats;
}

/** What may be asked for in one command. */
export function commandsFor(formats: readonly string[]): string[][] {
  const together = formats.filter((format) => FORMATS.get(format)?.alone !== true);
  const alone = formats.filter((format) => FORMATS.get(format)?.alone === true);
  return [...(together.length === 0 ? [] : [together]), ...alone.map((format) => [format])];
}

/** The files of some formats, each once. */
export function filesOf(formats: readonly string[], name: string): string[] {
  const endings = formats.flatMap((format) => FORMATS.get(format)?.files ?? []);
  return [...new Set(endings)].map((ending) => `${name}${ending}`);
}

/** Whether some of these formats start by a BIOS, which only PCs have. */
export function needsBios(formats: readonly string[]): boolean {
  return formats.some((format) => format.endsWith('-bios'));
}

function allWords(): string {
  return [...SHORT.keys(), ...FORMATS.keys()].sort().join(', ');
}

function unknownFormat(format: string): BuildError {
  const nearest = nearestWord(format, [...FORMATS.keys(), ...SHORT.keys()]);
  const hint = nearest === undefined ? '' : `The nearest known one is ${JSON.stringify(nearest)}. `;
  return wrong(`${JSON.stringify(format)} is not known`, `${hint}Known: ${allWords()}.`);
}

function wrong(reason: string, hint: string): BuildError {
  return new BuildError(`Cannot use linuxkit.formats: ${reason}`, {
    code: 'ERR_BUILD_CONFIG_INVALID',
    op: 'build.linuxkit',
    key: 'linuxkit.formats',
    hint,
  });
}
