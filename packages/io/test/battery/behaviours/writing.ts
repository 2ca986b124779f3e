import { behaviour, type Behaviour, refusal } from '../behaviour.ts';

export const writing: readonly Behaviour[] = [
  behaviour('writeFile makes a file and gives nothing', (fs, at) => fs.writeFile(at('f'), 'x')),
  behaviour('writeFile replaces a longer file', async (fs, at) => {
    await fs.writeFile(at('f'), 'a long one');
    await fs.writeFile(at('f'), 'short');
  }),
  behaviour('writeFile in encodings', async (fs, at) => {
    await fs.writeFile(at('hex'), '00ff', 'hex');
    await fs.writeFile(at('latin1'), 'ä', { encoding: 'latin1' });
    await fs.writeFile(at('base64'), 'aGk=', 'base64');
    await fs.writeFile(at('utf16le'), 'ä€', 'utf16le');
  }),
  behaviour('writeFile of half a surrogate pair', (fs, at) => fs.writeFile(at('f'), 'a\uD800b')),
  behaviour('writeFile of views', async (fs, at) => {
    await fs.writeFile(at('u8'), new Uint8Array([1, 2, 3]).subarray(1));
    await fs.writeFile(at('u16'), new Uint16Array([1, 2]));
    await fs.writeFile(at('view'), new DataView(new ArrayBuffer(4), 1, 2));
  }),
  behaviour('writeFile of an iterable', (fs, at) => fs.writeFile(at('f'), ['a', Buffer.from('b'), 'c'])),
  behaviour('writeFile of an asynchronous iterable', (fs, at) => {
    async function* pieces(): AsyncGenerator<string> {
      await Promise.resolve();
      yield 'one ';
      yield 'two';
    }
    return fs.writeFile(at('f'), pieces());
  }),
  behaviour('writeFile in a missing directory', (fs, at) => fs.writeFile(at('missing/f'), 'x')),
  behaviour('writeFile onto a directory', async (fs, at) => {
    await fs.mkdir(at('d'));
    return fs.writeFile(at('d'), 'x');
  }),
  behaviour('writeFile below a file', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return [await refusal(fs.writeFile(at('f/x'), 'y')), await refusal(fs.writeFile(at('f/x/y'), 'y'))];
  }),
  behaviour('writeFile with a slash behind', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    return Promise.all(['d/', 'f/', 'new/'].map((path) => refusal(fs.writeFile(at(path), 'y'))));
  }),
  behaviour('writeFile with a mode, less the umask, for a new file only', async (fs, at) => {
    await fs.writeFile(at('new'), 'x', { mode: 0o777 });
    await fs.writeFile(at('text'), 'x', { mode: '640' });
    await fs.writeFile(at('new'), 'y', { mode: 0o600 });
  }),
  behaviour('writeFile keeps the mode of what it replaces', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    await fs.chmod(at('f'), 0o751);
    await fs.writeFile(at('f'), 'y');
  }),
  behaviour('writeFile with wx makes a file once', async (fs, at) => {
    await fs.writeFile(at('f'), 'x', { flag: 'wx' });
    return refusal(fs.writeFile(at('f'), 'y', { flag: 'wx' }));
  }),
  behaviour('writeFile with wx and a mode', (fs, at) => fs.writeFile(at('f'), 'x', { flag: 'wx', mode: 0o600 })),
  behaviour('writeFile with wx onto a directory', async (fs, at) => {
    await fs.mkdir(at('d'));
    return fs.writeFile(at('d'), 'x', { flag: 'wx' });
  }),
  behaviour('writeFile with r+ keeps the tail', async (fs, at) => {
    await fs.writeFile(at('f'), '0123456789');
    await fs.writeFile(at('f'), 'abc', { flag: 'r+' });
  }),
  behaviour('writeFile with r+ of a missing file', (fs, at) => fs.writeFile(at('f'), 'x', { flag: 'r+' })),
  behaviour('writeFile with r cannot write', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return fs.writeFile(at('f'), 'y', { flag: 'r' });
  }),
  behaviour('writeFile with a adds', async (fs, at) => {
    await fs.writeFile(at('f'), 'one');
    await fs.writeFile(at('f'), ' two', { flag: 'a' });
  }),
  behaviour('writeFile with an aborted signal', (fs, at) =>
    fs.writeFile(at('f'), 'x', { signal: AbortSignal.abort() }),
  ),
  behaviour('writeFile with flush', (fs, at) => fs.writeFile(at('f'), 'x', { flush: true })),
  behaviour('writeFile by several at once leaves one of them', async (fs, at) => {
    await Promise.all([fs.writeFile(at('f'), 'aaa'), fs.writeFile(at('f'), 'aaa'), fs.writeFile(at('f'), 'aaa')]);
  }),
  behaviour('appendFile makes a file and adds', async (fs, at) => {
    await fs.appendFile(at('f'), 'one');
    await fs.appendFile(at('f'), Buffer.from(' two'));
    await fs.appendFile(at('f'), '');
  }),
  behaviour('appendFile with a mode for a new file', async (fs, at) => {
    await fs.appendFile(at('f'), 'x', { mode: 0o600 });
    await fs.appendFile(at('f'), 'y', { mode: 0o777 });
  }),
  behaviour('appendFile with ax makes a file once', async (fs, at) => {
    await fs.appendFile(at('f'), 'x', { flag: 'ax' });
    return refusal(fs.appendFile(at('f'), 'y', { flag: 'ax' }));
  }),
  behaviour('appendFile where it cannot', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    return Promise.all(['d', 'f/x', 'missing/f'].map((path) => refusal(fs.appendFile(at(path), 'y'))));
  }),
  behaviour('truncate cuts, fills up and empties', async (fs, at) => {
    for (const [name, length] of [
      ['cut', 3],
      ['same', 10],
      ['filled', 13],
      ['negative', -1],
    ] as const) {
      await fs.writeFile(at(name), '0123456789');
      await fs.truncate(at(name), length);
    }
    await fs.writeFile(at('empty'), 'x');
    await fs.truncate(at('empty'));
  }),
  behaviour('truncate where it cannot', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    return Promise.all(['d', 'f/x', 'missing'].map((path) => refusal(fs.truncate(at(path), 1))));
  }),
  behaviour('copyFile copies content and mode', async (fs, at) => {
    await fs.writeFile(at('a'), 'content');
    await fs.chmod(at('a'), 0o750);
    await fs.copyFile(at('a'), at('b'));
    await fs.writeFile(at('c'), 'a longer content');
    await fs.copyFile(at('a'), at('c'));
  }),
  behaviour('copyFile with COPYFILE_EXCL', async (fs, at, { fs: { constants } }) => {
    await fs.writeFile(at('a'), 'x');
    await fs.copyFile(at('a'), at('b'), constants.COPYFILE_EXCL);
    return refusal(fs.copyFile(at('a'), at('b'), constants.COPYFILE_EXCL));
  }),
  behaviour('copyFile onto itself', async (fs, at) => {
    await fs.writeFile(at('a'), 'x');
    await fs.copyFile(at('a'), at('a'));
  }),
  behaviour('copyFile where it cannot', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    const pairs = [
      ['missing', 'x'],
      ['d', 'x'],
      ['f', 'd'],
      ['f', 'missing/x'],
      ['f/x', 'y'],
      ['f', 'f/x'],
    ] as const;
    return Promise.all(pairs.map(([from, to]) => refusal(fs.copyFile(at(from), at(to)))));
  }),
];
