import { describe, expect, it } from '@jest/globals';

import {
  buildArguments,
  goProgramName,
  linkerFlags,
  tagsIn,
  targetEnvironment,
} from '../../../src/builders/go/go-command.ts';
import { builderConfig } from '../support/builder-config.ts';
import { tempDir } from '../../support/temp-project.ts';

const target = { os: 'linux', arch: 'arm64' };
const project = { name: 'tools', version: '1.2.3', binary: 'hello' };
const flags = (...ldflags: string[]): string => linkerFlags({ ldflags, project }, target);

describe('linkerFlags', () => {
  it('linkerFlags adds the version, and puts the fields of the release in', () => {
    expect(flags('-s', '-w')).toBe('-s -w -X main.version=1.2.3');
    expect(flags()).toBe('-X main.version=1.2.3');
    expect(flags('-X main.about={{.Name}}/{{ .Binary }}/{{.Version}}/{{.OS}}/{{.Arch}}')).toBe(
      '-X main.about=tools/hello/1.2.3/linux/arm64 -X main.version=1.2.3',
    );
    expect(linkerFlags({ ldflags: [], project: { ...project, version: 'not yet' } }, target)).toBe(
      "-X 'main.version=not yet'",
    );
  });

  it.each(['-X main.version=7', '-X=main.version=7', "-X 'main.version=7 beta'", '-s -X "main.version=7"'])(
    'linkerFlags leaves a version alone that is set: %s',
    (flag) => {
      expect(flags(flag)).toBe(flag);
    },
  );

  it('linkerFlags takes no other variable for the version', () => {
    expect(flags('-X domain.version=7')).toContain('-X main.version=1.2.3');
    expect(flags('-X main.versions=7')).toContain('-X main.version=1.2.3');
  });
});

describe('buildArguments', () => {
  it('buildArguments builds one package, without the state of a repository unless a flag says so', async () => {
    await using config = await builderConfig(tempDir());
    const build = { target, program: './cmd/hello', output: '/out/hello' };
    const linker = '-ldflags=-s -w -X main.version=1.2.3';
    expect(buildArguments(config, build)).toEqual([
      ...['build', '-buildvcs=false', linker, '-trimpath', '-o', '/out/hello', './cmd/hello'],
    ]);
    const vcs = ['build', linker, '-buildvcs=true', '-o', '/out/hello', './cmd/hello'];
    expect(buildArguments({ ...config, flags: ['-buildvcs=true'] }, build)).toEqual(vcs);
    const env = { ...config.env, GOFLAGS: '-buildvcs=true' };
    expect(buildArguments({ ...config, flags: [], env }, build)).not.toContain('-buildvcs=false');
  });

  it('targetEnvironment lets Go download no other Go, unless the environment says which', () => {
    expect(targetEnvironment({ cgo: false, env: {} }, target)).toEqual({
      ...{ GOOS: 'linux', GOARCH: 'arm64', CGO_ENABLED: '0', GOTOOLCHAIN: 'local' },
    });
    expect(targetEnvironment({ cgo: true, env: { GOTOOLCHAIN: 'auto' } }, target)).toMatchObject({
      ...{ CGO_ENABLED: '1', GOTOOLCHAIN: 'auto' },
    });
  });

  it('tagsIn reads the tags of flags in every spelling', () => {
    expect([...tagsIn(['-trimpath', '-tags=a,b', '--tags', 'c', '-tags d', '-tagsx=e'])]).toEqual(['a', 'b', 'c', 'd']);
    expect([...tagsIn(['-tags'])]).toEqual([]);
  });

  it('goProgramName ends as the system wants it', () => {
    expect(goProgramName('hello', { os: 'windows', arch: 'arm64' })).toBe('hello.exe');
    expect(goProgramName('hello', { os: 'js', arch: 'wasm' })).toBe('hello.wasm');
    expect(goProgramName('hello', target)).toBe('hello');
  });
});
