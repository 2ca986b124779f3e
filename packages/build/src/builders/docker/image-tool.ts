import type { CancelOptions } from '@core/io';

import type { BuilderConfig, BuilderOptions } from '../../builder.ts';
import type { Target } from '../../target.ts';
import type { TargetCommand } from '../kit/command-targets.ts';
import type { BuildArguments } from './build-arguments.ts';
import type { NamedImages } from './image-names.ts';

/** What makes images. */
export interface ImageTool {
  readonly name: 'buildah' | 'buildx' | 'podman';
  readonly howToGet: string;
  /** What it is missing to work here; `undefined` where nothing is. */
  whyNot(config: BuilderConfig, options: CancelOptions): Promise<string | undefined>;
  version(config: BuilderConfig, options: CancelOptions): Promise<string>;
  /** Whether it can run Linux programs of a processor. */
  runs(arch: string, config: BuilderConfig, options: CancelOptions): Promise<boolean>;
  /** Builds the image of one platform into the folder `into`, which is not there yet. */
  build(recipe: PreparedRecipe, image: ImageJob): Promise<void>;
  /** Puts images into the store that the tool runs them from. */
  load(recipe: PreparedRecipe, images: readonly MadeImage[], options: BuilderOptions): Promise<void>;
  /** Sends images to their registry, those that share a name as one for several platforms. */
  push(recipe: PreparedRecipe, images: readonly PushedImage[], options: BuilderOptions): Promise<void>;
}

/** All that the images of a build have in common. */
export interface PreparedRecipe {
  readonly config: BuilderConfig;
  /** From the project's folder. */
  readonly file: string;
  /** Folder on the disk with a copy of it, called `Dockerfile`, and beside it `Dockerfile.dockerignore`. */
  readonly scratch: string;
  readonly arguments: BuildArguments;
  /** The time of all that is made, in seconds since 1970. */
  readonly epoch: number;
}

/** What one image is built with. */
export interface ImageJob extends CancelOptions {
  readonly target: Target;
  /** Folder on the disk, not there yet. */
  readonly into: string;
  run(command: TargetCommand): Promise<void>;
}

/** An image in its archive. */
export interface MadeImage {
  readonly target: Target;
  /** The folder on the disk that all of them are in. */
  readonly dir: string;
  /** Its archive, from there. */
  readonly archive: string;
  /** What the local store calls it. */
  readonly localReferences: readonly string[];
}

/** A name with the images that are pushed under it. */
export interface PushedImage extends NamedImages {
  readonly images: readonly MadeImage[];
}

/** The list of ignored files beside the copy of the recipe. */
export function ignoreFileIn(scratch: string): string {
  return `${scratch}/Dockerfile.dockerignore`;
}
