import { behaviour, type Behaviour, refusal } from '../behaviour.ts';

/** Name and code of a misuse: its sentence is Node's own affair. */
async function kind(call: () => Promise<unknown>): Promise<unknown> {
  const { refused } = (await refusal((async () => call())())) as { refused?: { name: string; code: string } };
  return refused === undefined ? 'accepted' : [refused.name, refused.code];
}

export const misuse: readonly Behaviour[] = [
  behaviour('writeFile of what is no content', async (fs, at) => {
    const contents = [undefined, null, 1, true, {}] as unknown as string[];
    return Promise.all(contents.map((content) => kind(() => fs.writeFile(at('f'), content))));
  }),
  behaviour('readFile and writeFile in an unknown encoding', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return [
      await kind(() => fs.readFile(at('f'), 'nope' as 'utf8')),
      await kind(() => fs.writeFile(at('f'), 'y', 'nope' as 'utf8')),
    ];
  }),
  behaviour('open with unknown flags', (fs, at) =>
    Promise.all(
      ['q', '', 'rw', 'r++', '+', 0.5, {}, true].map((flags) => kind(() => fs.open(at('f'), flags as string))),
    ),
  ),
  behaviour('chmod and mkdir with a mode that is none', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    const modes = ['zz', '9', '', -1, 1.5, 2 ** 32, {}, true, undefined] as string[];
    return [
      await Promise.all(modes.map((mode) => kind(() => fs.chmod(at('f'), mode)))),
      await kind(() => fs.mkdir(at('d'), { mode: '9' })),
      await kind(() => fs.writeFile(at('g'), 'x', { mode: 1.5 })),
    ];
  }),
  behaviour('utimes with a time that is none', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return kind(() => fs.utimes(at('f'), Number.NaN, 1));
  }),
  behaviour('truncate to a length that is none', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    const lengths = [0.5, 'x', {}] as number[];
    return Promise.all(lengths.map((length) => kind(() => fs.truncate(at('f'), length))));
  }),
  behaviour('copyFile, rename and symlink with a path that is none', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    const none = 1 as unknown as string;
    return [
      await kind(() => fs.copyFile(none, at('g'))),
      await kind(() => fs.copyFile(at('f'), none)),
      await kind(() => fs.rename(none, at('g'))),
      await kind(() => fs.rename(at('f'), none)),
      await kind(() => fs.symlink(none, at('g'))),
      await kind(() => fs.symlink('g', none)),
    ];
  }),
  behaviour('access and copyFile with a mode that is none', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return [await kind(() => fs.access(at('f'), 99)), await kind(() => fs.copyFile(at('f'), at('g'), 99))];
  }),
  behaviour('read and write outside of the buffer', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    const file = await fs.open(at('f'), 'r+');
    const seen = [
      await kind(() => file.read(Buffer.alloc(4), 0, 5, 0)),
      await kind(() => file.read(Buffer.alloc(4), 5, 1, 0)),
      await kind(() => file.write(Buffer.alloc(4), 2, 3, 0)),
    ];
    await file.close();
    return seen;
  }),
  behaviour('createReadStream with a range that is none', async (_fs, at, { fs: { createReadStream } }) => {
    const ranges = [{ start: -1 }, { start: 5, end: 4 }, { start: 0.5 }];
    const open = async (range: { start: number; end?: number }): Promise<void> => {
      await Promise.resolve();
      createReadStream(at('f'), range).on('error', () => undefined);
    };
    return Promise.all(ranges.map((range) => kind(() => open(range))));
  }),
];
