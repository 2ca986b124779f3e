import type { Step } from './template-document.ts';

/** One container of a template, as far as it is looked at. The schema has been held before. */
export interface LinuxKitImage {
  readonly name: string;
  readonly image: string;
  readonly capabilities?: readonly string[];
  readonly 'capabilities.add'?: readonly string[];
  readonly ambient?: readonly string[];
  readonly binds?: readonly string[];
  readonly 'binds.add'?: readonly string[];
  readonly mounts?: readonly LinuxKitMount[];
  readonly tmpfs?: readonly string[];
  readonly devices?: readonly { readonly path?: string; readonly mode?: string }[];
  readonly command?: readonly string[];
  readonly env?: readonly string[];
  readonly rlimits?: readonly string[];
  readonly uid?: string | number;
  readonly gid?: string | number;
  readonly additionalGids?: readonly (string | number)[];
  readonly runtime?: { readonly mkdir?: readonly string[]; readonly mounts?: readonly LinuxKitMount[] };
}

export interface LinuxKitMount {
  readonly type?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly options?: readonly string[];
}

export interface LinuxKitFile {
  readonly path?: string;
  readonly directory?: boolean;
  readonly symlink?: string;
  readonly contents?: string;
  readonly source?: string;
  readonly metadata?: string;
  readonly mode?: string;
  readonly uid?: string | number;
  readonly gid?: string | number;
}

interface LinuxKitVolume {
  readonly name?: string;
  readonly image?: string;
  readonly readonly?: boolean;
}

/** A template, as far as it is looked at. */
export interface LinuxKitConfig {
  readonly kernel?: { readonly image?: string } | null;
  readonly init?: readonly string[] | null;
  readonly onboot?: readonly LinuxKitImage[] | null;
  readonly onshutdown?: readonly LinuxKitImage[] | null;
  readonly services?: readonly LinuxKitImage[] | null;
  readonly files?: readonly LinuxKitFile[] | null;
  readonly volumes?: readonly LinuxKitVolume[] | null;
  readonly trust?: object | null;
}

/** Something, and where it stands. */
export interface Placed<T> {
  readonly path: readonly Step[];
  readonly value: T;
}

const SECTIONS = ['onboot', 'onshutdown', 'services'] as const;

/** All containers. */
export function imagesOf(config: LinuxKitConfig): Placed<LinuxKitImage>[] {
  return SECTIONS.flatMap((section) => (config[section] ?? []).map((value, at) => ({ path: [section, at], value })));
}

/** All references of images. */
export function referencesOf(config: LinuxKitConfig): Placed<string>[] {
  const kernel = config.kernel?.image;
  return [
    ...(kernel === undefined || kernel === '' ? [] : [{ path: ['kernel', 'image'], value: kernel }]),
    ...(config.init ?? []).map((value, at) => ({ path: ['init', at], value })),
    ...imagesOf(config).map(({ path, value }) => ({ path: [...path, 'image'], value: value.image })),
    ...(config.volumes ?? []).flatMap(({ image }, at) =>
      image === undefined || image === '' ? [] : [{ path: ['volumes', at, 'image'], value: image }],
    ),
  ];
}
