import { readFileSync } from 'node:fs';

import { localMedium, MemoryMedium } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { LinuxKitBuilder } from '../../../src/builders/linuxkit/linuxkit-builder.ts';
import { type BuilderConfig, type BuildEvent, buildProject, verifyRelease } from '../../../src/index.ts';
import { builderConformance } from '../../../src/testing/builder-conformance.ts';
import { type ScriptedTools, scriptedTools } from '../../support/scripted-tools.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';

const AMD64 = { os: 'linux', arch: 'amd64' };
const ARM64 = { os: 'linux', arch: 'arm64' };
const RECIPE = 'kernel:\n  image: linuxkit/kernel:6.6.71\n  cmdline: console=tty0\ninit:\n  - linuxkit/init:v1\n';
const PROJECT = { 'linuxkit.yml': RECIPE };

/** Makes the files of each format; says and refuses what linuxkit does. */
const LINUXKIT = `
if (args[0] === 'version') { console.log('linuxkit version v1.5.3\\ncommit: abc'); process.exit(0); }
const value = (flag) => args[args.indexOf(flag) + 1];
const recipe = fs.readFileSync(args.at(-1), 'utf8');
if (recipe.includes('nosuch')) { console.error('FATA could not pull image nosuch'); process.exit(1); }
const files = { tar: ['.tar'], docker: ['.docker'], 'iso-bios': ['.iso'], 'iso-efi': ['-efi.iso'], 'qcow2-efi': ['-efi.qcow2'],
  'raw-efi': ['-efi.img'], vmdk: ['.vmdk'], 'kernel+initrd': ['-kernel', '-initrd.img', ...(recipe.includes('cmdline') ? ['-cmdline'] : [])] };
for (const format of value('--format').split(',')) {
  for (const end of files[format] ?? []) fs.writeFileSync(path.join(value('--dir'), value('--name') + end), format + ' ' + value('--arch'));
}
`;

async function build(
  formats: readonly string[],
  {
    files = PROJECT,
    targets = [AMD64],
    file,
  }: { files?: Files; targets?: readonly (typeof AMD64)[]; file?: string } = {},
): Promise<{ made: string[]; lines: string[]; events: BuildEvent[] }> {
  const tools = scriptedTools({ linuxkit: LINUXKIT });
  const dir = tempDir(files);
  const linuxkit = { formats, ...(file === undefined ? {} : { file }) };
  await using config = await builderConfig(dir, { env: tools.env, linuxkit });
  const events: BuildEvent[] = [];
  const artifacts = await new LinuxKitBuilder().build(config, targets, { onEvent: (event) => events.push(event) });
  expect(artifacts.every(({ kind }) => kind === 'image')).toBe(true);
  return {
    made: artifacts.map(({ path }) => path.slice(config.outputDir.length + 1)),
    lines: linesOf(tools, dir),
    events,
  };
}

function linesOf(tools: ScriptedTools, dir: string): string[] {
  return tools.calls().map(({ tool, args }) => [tool, ...args].join(' ').replaceAll(dir, '<project>'));
}

function golden(name: string): string[] {
  return readFileSync(new URL(`golden/${name}.txt`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
}

async function refusal(
  formats: readonly string[],
  files: Files,
  change: Partial<BuilderConfig> = {},
): Promise<unknown> {
  const tools = scriptedTools({ linuxkit: LINUXKIT });
  await using config = await builderConfig(tempDir(files), { env: tools.env, linuxkit: { formats }, ...change });
  const error: unknown = await new LinuxKitBuilder().build(config, [AMD64]).catch((reason: unknown) => reason);
  expect(tools.calls()).toEqual([]);
  expect(await config.medium.exists(config.outputDir)).toBe(false);
  return error;
}

describe('Good', () => {
  it('LinuxKitBuilder runs linuxkit as its golden file says, and collects every file', async () => {
    const formats = ['iso', 'kernel+initrd', 'tar', 'raw', 'docker', 'raw-efi'];
    const { made, lines } = await build(formats, { targets: [AMD64, ARM64] });
    expect(lines).toEqual(golden('linuxkit-build'));
    const names = ['-efi.iso', '-kernel', '-cmdline', '-initrd.img', '.tar', '-efi.img', '.docker'];
    expect(made).toEqual(['amd64', 'arm64'].flatMap((arch) => names.map((end) => `linux_${arch}/hello${end}`)));
  });

  it('LinuxKitBuilder knows short names and full ones', async () => {
    const made = async (format: string) => (await build([format])).made;
    expect(await made('iso')).toEqual(['linux_amd64/hello-efi.iso']);
    expect(await made('iso-bios')).toEqual(['linux_amd64/hello.iso']);
    expect(await made('qcow2')).toEqual(['linux_amd64/hello-efi.qcow2']);
    expect(await made('vmdk')).toEqual(['linux_amd64/hello.vmdk']);
  });

  it('LinuxKitBuilder does without a command line that is empty', async () => {
    const files = { 'linuxkit.yml': 'kernel:\n  image: linuxkit/kernel:6.6.71\n' };
    const { made } = await build(['kernel+initrd'], { files });
    expect(made).toEqual(['linux_amd64/hello-kernel', 'linux_amd64/hello-initrd.img']);
  });

  it('LinuxKitBuilder builds the first of several recipes, says so, and builds the one that is named', async () => {
    const files = { '.core/linuxkit/b.yml': RECIPE, '.core/linuxkit/a.yml': RECIPE, '.core/linuxkit/c.txt': '' };
    const first = await build(['iso'], { files });
    expect(first.lines[0]).toMatch(/ \.core\/linuxkit\/a\.yml$/);
    expect(first.events[0]).toEqual({
      type: 'warning',
      message:
        'Of the recipes only .core/linuxkit/a.yml is built: .core/linuxkit/b.yml can be chosen with linuxkit.file.',
    });
    const named = await build(['iso'], { files, file: './.core/linuxkit/b.yml' });
    expect(named.lines[0]).toMatch(/ \.core\/linuxkit\/b\.yml$/);
    expect(named.events[0]?.type).not.toBe('warning');
  });

  it('LinuxKitBuilder.describe takes the name of a recipe that has one of its own', async () => {
    const describe = (files: Record<string, string>) =>
      new LinuxKitBuilder().describe(new MemoryMedium(files), '', { main: '.' });
    expect(await describe({ '.core/linuxkit/gateway.yml': RECIPE, '.core/linuxkit/other.yml': '' })).toEqual({
      name: 'gateway',
    });
    expect(await describe({ 'linuxkit.yml': RECIPE })).toEqual({});
    expect(await describe({})).toEqual({});
  });

  it('LinuxKitBuilder.chooseTargets leaves out what LinuxKit, or a BIOS, is not for', async () => {
    const targets = [AMD64, ARM64, { os: 'linux', arch: 'riscv64' }, { os: 'darwin', arch: 'arm64' }];
    const choose = async (format: string) => {
      await using config = await builderConfig(tempDir(), { linuxkit: { formats: [format] } });
      return await new LinuxKitBuilder().chooseTargets(config, targets);
    };
    expect(await choose('iso')).toEqual([AMD64, ARM64]);
    expect(await choose('iso-bios')).toEqual([AMD64]);
  });

  it('buildProject releases machine images', async () => {
    const tools = scriptedTools({ linuxkit: LINUXKIT });
    const dir = tempDir({
      ...PROJECT,
      '.core/build.yaml': 'project: { name: gateway }\nlinuxkit: { formats: [iso, qcow2] }\n',
    });
    const { PATH = '' } = process.env;
    process.env['PATH'] = tools.env['PATH'];
    try {
      const release = await buildProject({ medium: localMedium(), dir });
      expect(release.manifest.artifacts.map(({ path }) => path)).toEqual([
        'linux_amd64/gateway-efi.iso',
        'linux_amd64/gateway-efi.qcow2',
        'linux_arm64/gateway-efi.iso',
        'linux_arm64/gateway-efi.qcow2',
      ]);
      expect(release.archives).toHaveLength(2);
      expect(release.manifest.tools).toMatchObject({ linuxkit: '1.5.3' });
      expect((await verifyRelease(localMedium(), `${dir}/dist`)).ok).toBe(true);
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});

describe('Bad', () => {
  it.each([
    ['one that is not known, with the nearest', ['qcow'], /"qcow" is not known/, /nearest known one is "qcow2"/],
    ['one that is like no other', ['floppy-disk'], /"floppy-disk" is not known/, /^Known: aws, docker/],
    ['a word that every object has', ['constructor'], /"constructor" is not known/, /Known/],
    ['none', [], /there are none/, /Name some/],
    ['two that make one file', ['vhd', 'dynamic-vhd'], /vhd and dynamic-vhd make the same file/, /one of them/],
    ['two that make one file of several', ['iso-bios', 'kernel+iso'], /make the same file/, /one of them/],
  ])('LinuxKitBuilder refuses formats before anything is run: %s', async (_, formats, message, hint) => {
    expect(await refusal(formats, PROJECT)).toMatchObject({
      code: 'ERR_BUILD_CONFIG_INVALID',
      key: 'linuxkit.formats',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it('LinuxKitBuilder refuses a recipe that is no YAML, by its line', async () => {
    expect(await refusal(['iso'], { 'linuxkit.yml': 'kernel:\n  image: "a\ninit: [\n' })).toMatchObject({
      code: 'ERR_BUILD_CONFIG_INVALID',
      line: expect.any(Number),
      message: expect.stringMatching(/linuxkit\.yml": line \d, column \d+: not valid YAML/),
    });
    expect(await refusal(['iso'], { 'linuxkit.yml': '- a\n' })).toMatchObject({
      code: 'ERR_BUILD_CONFIG_INVALID',
      message: expect.stringContaining('it is no map'),
    });
  });

  it('LinuxKitBuilder refuses a recipe that is not there', async () => {
    const linuxkit = { formats: ['iso'], file: 'other.yml' };
    expect(await refusal([], PROJECT, { linuxkit })).toMatchObject({
      code: 'ERR_BUILD_NO_ENTRY',
      key: 'linuxkit.file',
    });
    expect(await refusal(['iso'], {})).toMatchObject({
      code: 'ERR_BUILD_NO_ENTRY',
      hint: expect.stringContaining('linuxkit.yml'),
    });
  });

  it('LinuxKitBuilder refuses targets that there are no images for', async () => {
    await expect(build(['iso-bios'], { targets: [ARM64] })).rejects.toMatchObject({
      code: 'ERR_BUILD_UNSUPPORTED_TARGET',
      target: 'linux/arm64',
      message: expect.stringContaining('only PCs have a BIOS'),
    });
    const riscv = { os: 'linux', arch: 'riscv64' };
    await expect(build(['iso'], { targets: [riscv] })).rejects.toMatchObject({ code: 'ERR_BUILD_UNSUPPORTED_TARGET' });
  });

  it('LinuxKitBuilder refuses to release what linuxkit did not make', async () => {
    await expect(build(['gcp'])).rejects.toMatchObject({
      code: 'ERR_BUILD_OUTPUT_MISSING',
      message: expect.stringContaining('hello.img.tar.gz'),
    });
  });
});

describe('Ugly', () => {
  const cases = builderConformance().map((one) => [one.name, one] as const);
  it.each(cases)(
    'LinuxKitBuilder: %s',
    async (_, { run }) => {
      await run({
        builder: new LinuxKitBuilder(),
        project: PROJECT,
        broken: { 'linuxkit.yml': 'kernel:\n  image: nosuch\n' },
        targets: [AMD64, ARM64],
        unsupported: { os: 'darwin', arch: 'arm64' },
        tools: ['linuxkit'],
        config: { env: scriptedTools({ linuxkit: LINUXKIT }).env },
        files: () => ['hello-efi.iso'],
      });
    },
    60_000,
  );
});
