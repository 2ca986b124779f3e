import type { BuilderConfig, BuilderOptions } from '../../builder.ts';
import { timedStep } from '../../events.ts';
import type { Target } from '../../target.ts';
import { folderName } from '../kit/command-targets.ts';
import { hostTarget } from '../kit/host-target.ts';
import { localReferencesOf, type NamedImages } from './image-names.ts';
import type { ImageTool, MadeImage, PreparedRecipe } from './image-tool.ts';
import { archiveName } from './make-image.ts';

/** What is handed on. */
export interface HandingOn extends BuilderOptions {
  readonly targets: readonly Target[];
  readonly names: readonly NamedImages[];
}

/** Loads and pushes the images, as the configuration asks for it; in a dry run neither. */
export async function handOn(tool: ImageTool, recipe: PreparedRecipe, handing: HandingOn): Promise<void> {
  const { config } = recipe;
  const { docker, dryRun = false } = config;
  const { names, targets, onEvent, signal } = handing;
  if (!docker.load && !docker.push) return;
  if (dryRun) {
    onEvent?.({ type: 'warning', message: 'Images are neither loaded nor pushed: this is a dry run.' });
    return;
  }
  const made = targets.map((target) => madeImage(config, names, target)).sort(hostLast);
  const options = { onEvent, signal };
  await timedStep('package', 'Hand the images on', onEvent, async () => {
    if (docker.load) await tool.load(recipe, made, options);
    if (docker.push)
      await tool.push(
        recipe,
        names.map((one) => ({ ...one, images: membersOf(one, made) })),
        options,
      );
  });
}

/** What is loaded last keeps a name that is in several archives. */
function hostLast(one: MadeImage, other: MadeImage): number {
  const { arch } = hostTarget();
  return Number(one.target.arch === arch) - Number(other.target.arch === arch);
}

function madeImage(config: BuilderConfig, names: readonly NamedImages[], target: Target): MadeImage {
  const dir = config.workspace.locate(config.outputDir);
  const archive = `${folderName(target)}/${archiveName(config)}`;
  return { target, dir, archive, localReferences: localReferencesOf(names, target) };
}

function membersOf({ targets }: NamedImages, made: readonly MadeImage[]): MadeImage[] {
  return targets.flatMap((target) => made.filter((image) => image.target === target));
}
