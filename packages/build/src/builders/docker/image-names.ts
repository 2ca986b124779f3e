import type { BuilderConfig } from '../../builder.ts';
import { renderName } from '../../config/name-template.ts';
import { BuildError } from '../../errors.ts';
import { formatTarget, type Target } from '../../target.ts';
import { hostTarget, isSameTarget } from '../kit/host-target.ts';

/** One name that images are given: several make one multi-platform image. */
export interface NamedImages {
  /** `ghcr.io/me/hello:1.2.3` */
  readonly reference: string;
  readonly targets: readonly Target[];
}

/** A registry, where it has a dot, a port or is `localhost`, and the parts of a name: the grammar of https://pkg.go.dev/github.com/distribution/reference */
const NAME =
  /^(?:(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d+)?\/|[a-z0-9-]+:\d+\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/**
 * What the image of each target is called; the same name for several where no tag tells them apart.
 *
 * @throws `ERR_BUILD_CONFIG_INVALID` where name or tag is none, or where there is to be pushed and there is no tag.
 */
export function namedImages(config: BuilderConfig, targets: readonly Target[]): NamedImages[] {
  const { docker, project } = config;
  const image = docker.image ?? nameFrom(project.name);
  if (!NAME.test(image)) throw wrong('docker.image', `${JSON.stringify(image)} is not the name of an image`);
  if (docker.push && docker.tags.length === 0) throw wrong('docker.tags', 'what is pushed must have a tag');
  const named = new Map<string, Target[]>();
  for (const target of targets) {
    for (const template of docker.tags) {
      const reference = `${image}:${tagFrom(config, template, target)}`;
      named.set(reference, [...(named.get(reference) ?? []), target]);
    }
  }
  return [...named].map(([reference, targets]) => ({ reference, targets }));
}

/** The names of one target's image, as it is known alone: the first is in its archive. */
export function referencesOf(images: readonly NamedImages[], target: Target): string[] {
  return images.filter(({ targets }) => targets.some((one) => isSameTarget(one, target))).map((one) => one.reference);
}

/**
 * The names of one target's image in a store that has one image to a name: of several that share a name it is that of
 * this machine, else the first, that gets it; the others get it with `-<arch>` behind.
 */
export function localReferencesOf(images: readonly NamedImages[], target: Target): string[] {
  const host = { os: 'linux', arch: hostTarget().arch };
  const names = images.flatMap(({ reference, targets }) => {
    if (!targets.some((one) => isSameTarget(one, target))) return [];
    const owner = targets.find((one) => isSameTarget(one, host)) ?? targets[0];
    return owner === undefined || isSameTarget(owner, target) ? [reference] : [`${reference}-${target.arch}`];
  });
  return [...new Set(names)];
}

/** A project's name as an image may be called. */
function nameFrom(name: string): string {
  const parts = name.toLowerCase().split('/');
  const clean = parts.map((part) => part.replace(/[^a-z0-9]+/g, (other) => (/^[._]$/.test(other) ? other : '-')));
  const trimmed = clean.map((part) => part.replace(/^[._-]+|[._-]+$/g, '')).filter(Boolean);
  return trimmed.length === 0 ? 'app' : trimmed.join('/');
}

function tagFrom({ project }: BuilderConfig, template: string, { os, arch }: Target): string {
  const { name, version, binary } = project;
  const fields = { Name: name, Version: version, Binary: binary, OS: os, Arch: arch };
  // versions may have a plus, tags may not
  const tag = renderName(template, fields).replaceAll('+', '-');
  if (TAG.test(tag)) return tag;
  throw wrong('docker.tags', `${JSON.stringify(template)} gives ${JSON.stringify(tag)}, which is not a tag`);
}

function wrong(key: string, reason: string): BuildError {
  return new BuildError(`Cannot name the image: ${reason}`, {
    code: 'ERR_BUILD_CONFIG_INVALID',
    op: 'build.docker',
    key,
    hint: `Set ${key} in .core/build.yaml: image as ghcr.io/me/hello, tags as ["{{.Version}}", latest].`,
  });
}

/** A name in full, as Docker's tools spell it: https://docs.docker.com/reference/cli/docker/image/tag/ */
export function fullName(reference: string): string {
  const [first = '', ...more] = reference.split('/');
  if (more.length > 0 && (/[.:]/.test(first) || first === 'localhost')) return reference;
  return more.length > 0 ? `docker.io/${reference}` : `docker.io/library/${reference}`;
}

/** `linux/amd64,linux/arm64` */
export function platformsOf(targets: readonly Target[]): string {
  return targets.map(formatTarget).join(',');
}
