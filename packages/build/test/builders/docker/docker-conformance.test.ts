import { has, needs } from '@core/tooling/needs';
import { describe } from '@jest/globals';

import { DockerBuilder } from '../../../src/builders/docker/docker-builder.ts';
import { builderConformance, type BuilderSubject } from '../../../src/testing/builder-conformance.ts';
import { imageStore } from './support/image-store.ts';

const PROJECT = {
  Dockerfile: 'FROM scratch\nARG VERSION\nCOPY . /\nLABEL version=$VERSION\n',
  'app/hello': 'the program',
};

const tool = 'buildah';

describe(`DockerBuilder with ${tool}`, () => {
  const subject = (): BuilderSubject => ({
    builder: new DockerBuilder(),
    project: PROJECT,
    broken: { ...PROJECT, Dockerfile: 'FROM scratch\nCOPY missing /\n' },
    targets: [
      { os: 'linux', arch: 'amd64' },
      { os: 'linux', arch: 'arm64' },
    ],
    unsupported: { os: 'darwin', arch: 'arm64' },
    tools: [tool],
    config: has(tool) ? { env: { ...imageStore().env, CORE_BUILD_IMAGE_TOOL: tool } } : {},
    files: () => ['hello.tar'],
  });
  for (const { name, run } of builderConformance()) needs(tool, 'root')(name, () => run(subject()), 120_000);
});
