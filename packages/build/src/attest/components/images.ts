import { parse } from 'yaml';

import { type Component, hexDigest } from '../component.ts';
import { purlOf } from '../purl.ts';
import { isRecord, type LockReader, parsed, recordOf, recordsOf, stringOf, textOf } from './read-lock.ts';

/** The images that a Dockerfile or Containerfile begins from. */
export const baseImages: LockReader = async (place) => {
  const text = (await textOf(place, 'Dockerfile')) ?? (await textOf(place, 'Containerfile'));
  if (text === undefined) return undefined;
  const stages = new Set(['scratch']);
  const found = new Map<string, Component>();
  for (const [, image = '', stage] of text.matchAll(/^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim)) {
    if (!stages.has(image) && !image.includes('$')) found.set(image, imageComponent(image));
    if (stage !== undefined) stages.add(stage);
  }
  return [...found.values()];
};

/** The images that linuxkit.yml is put together from. */
export const linuxkitImages: LockReader = async (place) => {
  const recipe = await parsed(place, 'linuxkit.yml', (text) => recordOf(parse(text)));
  if (recipe === undefined) return undefined;
  const init = Array.isArray(recipe['init']) ? (recipe['init'] as unknown[]) : [];
  const parts = ['onboot', 'onshutdown', 'services'].flatMap((key) => recordsOf(recipe[key]));
  const kernel = isRecord(recipe['kernel']) ? [recipe['kernel']] : [];
  const named = [...init, ...[...kernel, ...parts].map((part) => part['image'])].map(stringOf);
  return [...new Set(named.filter((image) => image !== undefined))].map(imageComponent);
};

/** `registry/name:tag@sha256:…`, as an image is named. */
function imageComponent(image: string): Component {
  const [reference = '', digest] = image.split('@');
  const colon = reference.lastIndexOf(':');
  const isTagged = colon > reference.lastIndexOf('/');
  const name = isTagged ? reference.slice(0, colon) : reference;
  const version = digest ?? (isTagged ? reference.slice(colon + 1) : undefined);
  return {
    ...{ name, version, kind: 'image', purl: purlOf({ type: 'docker', name, version }) },
    digest: hexDigest('SHA256', digest?.replace(/^sha256:/, '')),
  };
}
