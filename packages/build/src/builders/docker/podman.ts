import { askTool } from '../kit/ask-tool.ts';
import { buildInto, loadArchives, pushArchives } from './containers-tool.ts';
import { canRun } from './emulation.ts';
import type { ImageTool } from './image-tool.ts';
import { answerOf, lastWords, versionIn } from './probe.ts';

const SELF = {
  name: 'podman',
  howToGet: 'Install Podman: apt-get install podman, or https://podman.io/docs/installation.',
} as const;

/** `podman`: https://docs.podman.io/en/latest/markdown/podman-build.1.html */
export const podman: ImageTool = {
  ...SELF,
  whyNot: async (config, options) => {
    const answer = await answerOf(
      askTool(config, { command: 'podman', args: ['info', '--format', '{{.Version.Version}}'] }, options),
    );
    if (answer.ok) return undefined;
    return answer.isMissing ? 'there is no podman' : `it does not work (${lastWords(answer.text)})`;
  },
  version: async (config, options) =>
    versionIn(await askTool(config, { command: 'podman', args: ['--version'] }, options)),
  runs: (arch, _config, { signal }) => canRun(arch, { signal }),
  build: (recipe, job) => buildInto(SELF, recipe, job),
  load: (recipe, images, options) => loadArchives(SELF, recipe, images, options),
  push: (recipe, images, options) => pushArchives(SELF, recipe, images, options),
};
