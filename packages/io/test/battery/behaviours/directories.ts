import { behaviour, type Behaviour, refusal } from '../behaviour.ts';

export const directories: readonly Behaviour[] = [
  behaviour('mkdir makes one directory', (fs, at) => fs.mkdir(at('d'))),
  behaviour('mkdir with a slash behind', (fs, at) => fs.mkdir(at('d/'))),
  behaviour('mkdir with a mode, less the umask', async (fs, at) => {
    await fs.mkdir(at('number'), 0o777);
    await fs.mkdir(at('text'), '700');
    await fs.mkdir(at('object'), { mode: 0o750 });
  }),
  behaviour('mkdir of what exists', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    return [await refusal(fs.mkdir(at('d'))), await refusal(fs.mkdir(at('f')))];
  }),
  behaviour('mkdir in a missing directory, below a file', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return [await refusal(fs.mkdir(at('missing/d'))), await refusal(fs.mkdir(at('f/d')))];
  }),
  behaviour('mkdir -p gives the first that it made', async (fs, at) => {
    const first = await fs.mkdir(at('a/b/c'), { recursive: true });
    return [first, await fs.mkdir(at('a/b/d/e'), { recursive: true })];
  }),
  behaviour('mkdir -p of what exists gives nothing', async (fs, at) => {
    await fs.mkdir(at('d'));
    return [await fs.mkdir(at('d'), { recursive: true }), await fs.mkdir(at(''), { recursive: true })];
  }),
  behaviour('mkdir -p with a slash behind', (fs, at) => fs.mkdir(at('a/b/'), { recursive: true })),
  behaviour('mkdir -p with a mode', (fs, at) => fs.mkdir(at('a/b'), { recursive: true, mode: 0o700 })),
  behaviour('mkdir -p where a file stands', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return refusal(fs.mkdir(at('f'), { recursive: true }));
  }),
  behaviour('mkdir -p below a file', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return Promise.all(
      ['f/d', 'f/d/e'].map(async (path) => {
        const { refused } = (await refusal(fs.mkdir(at(path), { recursive: true }))) as { refused: { code: string } };
        return refused.code;
      }),
    );
  }),
  behaviour('mkdir -p twice at once', async (fs, at) => {
    await Promise.all([fs.mkdir(at('a/b'), { recursive: true }), fs.mkdir(at('a/b'), { recursive: true })]);
  }),
  behaviour('mkdtemp adds six characters', async (fs, at) => {
    const path = await fs.mkdtemp(at('t-'));
    const { mode } = await fs.stat(path);
    await fs.rmdir(path);
    return [path.slice(0, -6), mode, /[A-Za-z0-9]{6}$/.test(path)];
  }),
  behaviour('mkdtemp in a missing directory', async (fs, at) => {
    const { refused } = (await refusal(fs.mkdtemp(at('missing/t-')))) as { refused: Record<string, string> };
    return [refused['code'], refused['syscall'], refused['path']?.slice(0, -6)];
  }),
  behaviour('readdir gives the names', async (fs, at) => {
    for (const name of ['b', 'a', 'C']) await fs.writeFile(at(name), '');
    await fs.mkdir(at('d'));
    return (await fs.readdir(at(''))).sort();
  }),
  behaviour('readdir of an empty directory, with a slash behind', async (fs, at) => {
    await fs.mkdir(at('d'));
    return [await fs.readdir(at('d')), await fs.readdir(at('d/'))];
  }),
  behaviour('readdir as Buffers', async (fs, at) => {
    await fs.writeFile(at('ä'), '');
    return fs.readdir(at(''), { encoding: 'buffer' });
  }),
  behaviour('readdir with types', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), '');
    await fs.symlink('d', at('link'));
    const entries = await fs.readdir(at(''), { withFileTypes: true });
    return entries
      .map((entry) => [
        ...[entry.name, entry.parentPath, entry.isFile(), entry.isDirectory(), entry.isSymbolicLink()],
        ...[entry.isFIFO(), entry.isSocket(), entry.isBlockDevice(), entry.isCharacterDevice()],
      ])
      .sort();
  }),
  behaviour('readdir -r gives paths below', async (fs, at) => {
    await fs.mkdir(at('d/e'), { recursive: true });
    for (const name of ['f', 'd/g', 'd/e/h']) await fs.writeFile(at(name), '');
    return (await fs.readdir(at(''), { recursive: true })).sort();
  }),
  behaviour('readdir -r with types', async (fs, at) => {
    await fs.mkdir(at('d/e'), { recursive: true });
    for (const name of ['f', 'd/g', 'd/e/h']) await fs.writeFile(at(name), '');
    const entries = await fs.readdir(at(''), { recursive: true, withFileTypes: true });
    return entries.map(({ name, parentPath }) => `${parentPath} : ${name}`).sort();
  }),
  behaviour('readdir where it cannot', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    const refusals = ['f', 'f/', 'f/x', 'missing', 'missing/x'].map((path) => refusal(fs.readdir(at(path))));
    return Promise.all([...refusals, refusal(fs.readdir(at('missing'), { recursive: true }))]);
  }),
];
