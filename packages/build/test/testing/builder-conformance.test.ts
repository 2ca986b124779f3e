import { describe, expect, it, jest } from '@jest/globals';
import type { Medium } from '@core/io';

import type { Artifact, BuilderConfig, BuilderOptions, ProjectIdentity, Target } from '../../src/index.ts';
import { builderConformance } from '../../src/testing/builder-conformance.ts';
import { ToyBuilder, toySubject, unsupported } from './support/toy-builder.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

/** Tries one case of the suite on a builder. */
function attempt(name: string, builder: ToyBuilder): Promise<void> {
  const found = builderConformance().find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`There is no case ${name}`);
  return found.run(toySubject(builder));
}

type Build = (config: BuilderConfig, targets: readonly Target[], options: BuilderOptions) => Promise<Artifact[]>;

/** A toy builder that builds otherwise. */
function building(change: (build: Build) => Build): ToyBuilder {
  const toy = new ToyBuilder();
  const build = change((...given) => new ToyBuilder().build(...given));
  return Object.assign(toy, { build });
}

let made = 0;

const FAULTY: readonly (readonly [string, () => ToyBuilder, string])[] = [
  [
    'takes every folder for its own',
    () => Object.assign(new ToyBuilder(), { detect: () => Promise.resolve(true) }),
    'detect() knows its project, and no other folder for one',
  ],
  [
    'takes folders for files',
    () =>
      Object.assign(new ToyBuilder(), {
        detect: (medium: Medium, dir: string) => medium.exists(`${dir === '' ? '' : `${dir}/`}toy.txt`),
      }),
    'detect() takes no folders for files',
  ],
  [
    'does not listen to what its program is called',
    () =>
      Object.assign(new ToyBuilder(), {
        describe: (): Promise<Partial<ProjectIdentity>> => Promise.resolve({ binary: 'toy' }),
      }),
    'describe() gives texts, and what the configuration calls the program',
  ],
  [
    'has tools without versions',
    () => Object.assign(new ToyBuilder(), { tools: () => Promise.resolve({ toy: '' }) }),
    'tools() names tools with their versions',
  ],
  [
    'chooses what it cannot build for',
    () =>
      Object.assign(new ToyBuilder(), { chooseTargets: (_: unknown, targets: Target[]) => Promise.resolve(targets) }),
    'chooseTargets() leaves targets out, and does nothing else to them',
  ],
  [
    'sorts its artifacts',
    () =>
      building((build) => async (...given) => {
        const artifacts = await build(...given);
        return artifacts.toSorted((a, b) => (a.path < b.path ? -1 : 1));
      }),
    'build() gives the artifacts of the targets in their order, each there and with its size',
  ],
  [
    'does not tell sizes',
    () =>
      building(
        (build) =>
          async (...given) =>
            (await build(...given)).map((artifact) => ({ ...artifact, size: undefined })),
      ),
    'build() gives the artifacts of the targets in their order, each there and with its size',
  ],
  [
    'leaves things in the folder of the release',
    () => building(writing('out/build.log')),
    'build() puts the folders of the targets into that of the release, and nothing beside them',
  ],
  [
    'leaves things in the project',
    () => building(writing('build.log')),
    'build() leaves the files of the project as they are, and adds none',
  ],
  [
    'changes the project',
    () => building(writing('toy.txt')),
    'build() leaves the files of the project as they are, and adds none',
  ],
  [
    'writes into the medium of a copy',
    () => building(writing('build.log')),
    'build() brings nothing into the medium but its artifacts and what its tools leave',
  ],
  [
    'does not build twice',
    () =>
      building((build) => async (config, ...given) => {
        if (await config.medium.exists(config.outputDir)) return [];
        return build(config, ...given);
      }),
    'build() builds again over what it has made',
  ],
  [
    'never ends its steps',
    () =>
      building((build) => (config, targets, { onEvent, ...options }) => {
        const told: typeof onEvent = (event) => event.type !== 'step-finished' && onEvent?.(event);
        return build(config, targets, { ...options, onEvent: told });
      }),
    'build() tells of steps and commands, each beginning before its end',
  ],
  [
    'runs commands outside of steps',
    () =>
      building((build) => (config, targets, { onEvent, ...options }) => {
        const told: typeof onEvent = (event) => !event.type.startsWith('step-') && onEvent?.(event);
        onEvent?.({ type: 'step-started', step: 'build', message: '' });
        onEvent?.({ type: 'step-finished', step: 'build', durationMs: 0 });
        return build(config, targets, { ...options, onEvent: told });
      }),
    'build() tells of steps and commands, each beginning before its end',
  ],
  [
    'makes other bytes every time',
    () =>
      building((build) => async (config, ...given) => {
        const artifacts = await build(config, ...given);
        for (const { path } of artifacts) await config.medium.append(path, `${String((made += 1))}\n`);
        return artifacts;
      }),
    'build() makes the same bytes in another folder',
  ],
  [
    'builds first and refuses then',
    () =>
      building((build) => async (config, targets, options) => {
        const bad = targets.find(({ arch }) => arch === 'none');
        const artifacts = await build(
          config,
          targets.filter((target) => target !== bad),
          options,
        );
        if (bad !== undefined) throw unsupported(bad);
        return artifacts;
      }),
    'build() refuses a target that it cannot build for, before it does anything',
  ],
  [
    'does not tell which tool is missing',
    () =>
      building(
        (build) =>
          (...given) =>
            build(...given).catch(() => Promise.reject(new Error('no'))),
      ),
    'build() tells how to get a tool that is missing',
  ],
  [
    'makes something of what is broken',
    () =>
      building(
        (build) =>
          (...given) =>
            build(...given).catch(() => []),
      ),
    'build() tells which command failed, how, and what it said',
  ],
  [
    'tells secrets',
    () =>
      building((build) => (config, targets, options) => {
        options.onEvent?.({ type: 'warning', message: JSON.stringify(config.env) });
        return build(config, targets, options);
      }),
    'build() tells which command failed, how, and what it said',
  ],
  [
    'makes nothing of an output folder that cannot be made',
    () =>
      building(
        (build) =>
          (...given) =>
            build(...given).catch(() => []),
      ),
    'build() refuses an output folder that cannot be made',
  ],
  [
    'begins although it was cancelled',
    () => building((build) => (config, targets, options) => build(config, targets, { ...options, signal: undefined })),
    'build() does nothing when its signal was aborted before',
  ],
  [
    'rejects with something else than the reason',
    () =>
      building(
        (build) =>
          (...given) =>
            build(...given).catch(() => Promise.reject(new Error('aborted'))),
      ),
    'build() ends its command when it is aborted, and rejects with the reason',
  ],
  [
    'does not begin',
    () => building(() => () => Promise.resolve([])),
    'build() ends its command when it is aborted, and rejects with the reason',
  ],
  [
    'does not mind what listeners throw',
    () => building((build) => (config, targets, options) => build(config, targets, { signal: options.signal })),
    'build() ends with what a listener throws',
  ],
];

/** Also writes a file into the folder of the project. */
function writing(name: string): (build: Build) => Build {
  return (build) =>
    async (config, ...given) => {
      const artifacts = await build(config, ...given);
      await config.medium.write(`${config.dir}/${name}`, 'something');
      return artifacts;
    };
}

describe('builderConformance', () => {
  describe('Good', () => {
    it.each(builderConformance().map((one) => [one.name, one] as const))('%s', (_, { run }) => run(toySubject()));

    it('builderConformance has a name for each case, which begins with the method', () => {
      const names = builderConformance().map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[a-zA-Z]+\(\) /);
    });
  });

  describe('Bad', () => {
    it.each(FAULTY)('builderConformance finds a builder that %s', async (_, faulty, name) => {
      await expect(attempt(name, faulty())).rejects.toMatchObject({
        name: 'AssertionError',
      });
    });

    it('builderConformance has a faulty builder for nearly every case', () => {
      const found = new Set(FAULTY.map(([, , name]) => name));
      const others = builderConformance().filter(({ name }) => !found.has(name));
      expect(others.map(({ name }) => name)).toEqual([
        'build() works in a folder whose name has spaces and letters of other languages',
        'build() makes in a copy of the project what it makes in place',
      ]);
    });
  });
});
