import { askTool } from '../kit/ask-tool.ts';
import { buildInto, loadArchives, pushArchives } from './containers-tool.ts';
import { canRun } from './emulation.ts';
import type { ImageTool } from './image-tool.ts';
import { answerOf, lastWords, versionIn } from './probe.ts';

const SELF = {
  name: 'buildah',
  howToGet: 'Install Buildah: apt-get install buildah, or https://buildah.io.',
} as const;
const VERSION = { command: 'buildah', args: ['--version'] } as const;

/** `buildah`: https://github.com/containers/buildah/blob/main/docs/buildah-build.1.md */
export const buildah: ImageTool = {
  ...SELF,
  whyNot: async (config, options) => {
    const answer = await answerOf(askTool(config, VERSION, options));
    if (answer.ok) return undefined;
    return answer.isMissing ? 'there is no buildah' : `it does not work (${lastWords(answer.text)})`;
  },
  version: async (config, options) => versionIn(await askTool(config, VERSION, options)),
  runs: (arch, _config, { signal }) => canRun(arch, { signal }),
  build: (recipe, job) => buildInto(SELF, recipe, job),
  load: (recipe, images, options) => loadArchives(SELF, recipe, images, options),
  push: (recipe, images, options) => pushArchives(SELF, recipe, images, options),
};
