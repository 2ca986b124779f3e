import { imagesOf, type LinuxKitConfig, type LinuxKitImage, type Placed, referencesOf } from './linuxkit-config.ts';
import { replacedBinds } from './own-binds.ts';
import type { TemplateDocument } from './template-document.ts';
import type { TemplateProblem } from './template-report.ts';

/** What one rule finds: where, and why. */
type Finding = Pick<TemplateProblem, 'message'> & Pick<Placed<unknown>, 'path'>;
type Rule = (config: LinuxKitConfig) => readonly Finding[];

/** What LinuxKit takes, and what does not do what it looks like. */
export function lintFindings(document: TemplateDocument): TemplateProblem[] {
  const config = (document.value ?? {}) as LinuxKitConfig;
  return Object.entries(RULES).flatMap(([rule, find]) =>
    find(config).map(({ path, message }) => document.problem(path, { rule, message })),
  );
}

/** By their permanent names. */
const RULES: Readonly<Record<string, Rule>> = {
  'mutable-tag': (config) =>
    referencesOf(config)
      .filter(({ value }) => isMutable(value))
      .map(({ path, value }) => ({
        path,
        message: `${JSON.stringify(value)} is another image tomorrow: name a version, or a digest with @sha256:`,
      })),

  'unknown-reference': (config) =>
    referencesOf(config).flatMap(({ path, value }) => {
      const why = neverPublished(value);
      return why === undefined ? [] : [{ path, message: `${JSON.stringify(value)} was never published: ${why}` }];
    }),

  'runtime-install': (config) =>
    imagesOf(config).flatMap(({ path, value }) => {
      const found = INSTALL.exec([...(value.command ?? []), ...(value.env ?? [])].join(' '))?.[0];
      const message = `${value.name} runs ${JSON.stringify(found)} when it boots: an image of LinuxKit is complete and does not change; put it into an image of its own`;
      return found === undefined ? [] : [{ path: [...path, 'command'], message }];
    }),

  'replaced-binds': (config) =>
    imagesOf(config).flatMap(({ path, value }) => {
      const name = packageOf(value.image) ?? '';
      const missing = replacedBinds(name, value);
      const message = `binds takes the place of the binds that ${name} comes with, and it needs ${missing.join(', ')}: use binds.add`;
      return missing.length === 0 ? [] : [{ path: [...path, 'binds'], message }];
    }),

  'missing-bind-source': (config) =>
    imagesOf(config).flatMap(({ path, value }) =>
      bindsOf(value)
        .filter(({ value: bind }) => !isThere(bind.split(':')[0] ?? '', config))
        .map((bind) => ({
          path: [...path, ...bind.path],
          message: `${JSON.stringify(bind.value.split(':')[0])} is not in the image: make it with files, or with runtime.mkdir`,
        })),
    ),

  'missing-acpid': (config) => {
    const services = config.services ?? [];
    const isMissing = services.length > 0 && !services.some(({ image }) => packageOf(image) === 'acpid');
    const message =
      'without the service linuxkit/acpid the machine does not hear the power button: stopping it is a power cut';
    return isMissing ? [{ path: ['services'], message }] : [];
  },

  'insecure-getty': (config) =>
    imagesOf(config)
      .filter(({ value }) => packageOf(value.image) === 'getty' && (value.env ?? []).includes('INSECURE=true'))
      .map(({ path }) => ({
        path: [...path, 'env'],
        message: 'INSECURE=true gives a root shell without a password to whoever reaches the console',
      })),

  'ignored-trust': ({ trust }) =>
    trust === undefined || trust === null
      ? []
      : [{ path: ['trust'], message: 'LinuxKit ignores trust since 2021: nothing is checked; pin images by digest' }],
};

const INSTALL =
  /\b(?:apk\s+(?:[\w-]+\s+)*?add|apt(?:-get)?\s+(?:-\S+\s+)*install|(?:yum|dnf|microdnf|zypper)\s+(?:-\S+\s+)*install|pacman\s+-S\w*|pip3?\s+install|npm\s+(?:install|i)\s+-g|(?:curl|wget)\b[^|;&]*\|\s*(?:ba|a|z)?sh)\b/;

const MOVING = /^(?:latest|edge|main|master|stable|nightly|dev|develop|current|head|next|lts)(?:-|$)/i;

function isMutable(reference: string): boolean {
  if (reference.startsWith('@pkg:') || reference.includes('@')) return false;
  const tag = tagOf(reference);
  return tag === undefined || MOVING.test(tag) || /-(?:latest|edge|nightly)$/.test(tag);
}

/** Packages are tagged with the hash of their source tree, and before 2020 also with `v0.1` to `v0.8`. */
function neverPublished(reference: string): string | undefined {
  const name = packageOf(reference);
  const tag = tagOf(reference);
  if (name === undefined || tag === undefined) return undefined;
  if (name.startsWith('kernel')) {
    return /^(?:upstream-v)?\d+\.\d+(?:\.(?:\d+|x))?(?:-.+)?$/.test(tag) || /^[0-9a-f]{40}/.test(tag)
      ? undefined
      : 'kernels are tagged with their version';
  }
  if (/^[0-9a-f]{40}(?:-.+)?$/.test(tag) || /^v0\.[1-8]$/.test(tag) || MOVING.test(tag)) return undefined;
  return 'packages of LinuxKit are tagged with the 40 digits of their source tree';
}

function packageOf(reference: string): string | undefined {
  return /^(?:docker\.io\/)?linuxkit\/([\w.-]+)/.exec(reference)?.[1];
}

function tagOf(reference: string): string | undefined {
  return /:([\w][\w.-]*)(?:@.*)?$/.exec(reference.slice(reference.lastIndexOf('/') + 1))?.[1];
}

function bindsOf(image: LinuxKitImage): Placed<string>[] {
  return (['binds', 'binds.add'] as const).flatMap((key) =>
    (image[key] ?? []).map((value, at) => ({ path: [key, at], value })),
  );
}

/** What every image of LinuxKit has, and what its programs make. */
const USUAL =
  /^\/(?:$|(?:bin|boot|containers|dev|etc|home|hostroot|lib|lib64|media|mnt|proc|root|run|sbin|sys|tmp|usr|var)(?:\/|$))/;

function isThere(source: string, config: LinuxKitConfig): boolean {
  if (!source.startsWith('/') || USUAL.test(source)) return true;
  const files = (config.files ?? []).map(({ path = '' }) => path);
  const made = [...files, ...imagesOf(config).flatMap(({ value }) => madeBy(value))];
  return made.some((path) => isWithin(source, path) || isWithin(path, source));
}

/** Directories that are there once a container has begun: others see them too. */
function madeBy({ image, command, runtime }: LinuxKitImage): string[] {
  const mounts = (runtime?.mounts ?? []).map(({ destination = '' }) => destination);
  const disk = packageOf(image) === 'mount' ? command?.at(-1) : undefined;
  return [...(runtime?.mkdir ?? []), ...mounts, ...(disk === undefined ? [] : [disk])];
}

function isWithin(path: string, folder: string): boolean {
  const [inner, outer] = [path, folder].map((text) => text.replace(/^\/+|\/+$/g, ''));
  return inner === outer || (outer !== undefined && outer !== '' && inner?.startsWith(`${outer}/`) === true);
}
