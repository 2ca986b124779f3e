import { behaviour, type Behaviour, refusal } from '../behaviour.ts';

export const handles: readonly Behaviour[] = [
  behaviour('open with every flag on a file that exists', async (fs, at) => {
    const flags = ['r', 'r+', 'w', 'wx', 'w+', 'wx+', 'a', 'ax', 'a+', 'ax+', 'rs+', 'as'];
    const outcomes = [];
    for (const flag of flags) {
      await fs.writeFile(at('f'), 'old');
      outcomes.push([
        flag,
        await refusal(fs.open(at('f'), flag).then((file) => file.close())),
        await fs.readFile(at('f'), 'utf8'),
      ]);
    }
    return outcomes;
  }),
  behaviour('open with every flag on a missing file', async (fs, at) => {
    const flags = ['r', 'r+', 'w', 'wx', 'w+', 'wx+', 'a', 'ax', 'a+', 'ax+'];
    const outcomes = [];
    for (const [i, flag] of flags.entries()) {
      outcomes.push([flag, await refusal(fs.open(at(`f${String(i)}`), flag).then((file) => file.close()))]);
    }
    return outcomes;
  }),
  behaviour('open with every flag on a directory', async (fs, at) => {
    await fs.mkdir(at('d'));
    const flags = ['r', 'r+', 'w', 'wx', 'a', 'a+'];
    return Promise.all(flags.map((flag) => refusal(fs.open(at('d'), flag).then((file) => file.close()))));
  }),
  behaviour('open of a directory for reading: stat works, read does not', async (fs, at) => {
    await fs.mkdir(at('d'));
    const file = await fs.open(at('d'));
    const seen = [(await file.stat()).isDirectory(), await refusal(file.read(Buffer.alloc(1), 0, 1, 0))];
    await file.close();
    return seen;
  }),
  behaviour('open with numbers for flags', async (fs, at, { fs: { constants } }) => {
    const { O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_WRONLY, O_APPEND } = constants;
    await fs.writeFile(at('f'), 'old');
    await (await fs.open(at('new'), O_RDWR | O_CREAT, 0o600)).close();
    await (await fs.open(at('f'), O_WRONLY | O_TRUNC)).close();
    const file = await fs.open(at('f'), O_WRONLY | O_APPEND);
    await file.write('added', 0);
    await file.close();
    return refusal(fs.open(at('f'), O_RDWR | O_CREAT | O_EXCL));
  }),
  behaviour('open with O_NOFOLLOW', async (fs, at, { fs: { constants } }) => {
    await fs.writeFile(at('f'), 'x');
    await fs.mkdir(at('d'));
    await fs.writeFile(at('d/f'), 'y');
    await fs.symlink('f', at('link'));
    await fs.symlink('d', at('dir'));
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
    return [
      await refusal(fs.open(at('link'), flags)),
      await fs.readFile(at('f'), { flag: flags as unknown as string, encoding: 'utf8' }),
      await fs.readFile(at('dir/f'), { flag: flags as unknown as string, encoding: 'utf8' }),
      await refusal(
        fs.writeFile(at('link'), 'z', { flag: (constants.O_WRONLY | constants.O_NOFOLLOW) as unknown as string }),
      ),
    ];
  }),
  behaviour('open with O_DIRECTORY', async (fs, at, { fs: { constants } }) => {
    await fs.writeFile(at('f'), 'x');
    await fs.mkdir(at('d'));
    await (await fs.open(at('d'), constants.O_RDONLY | constants.O_DIRECTORY)).close();
    return refusal(fs.open(at('f'), constants.O_RDONLY | constants.O_DIRECTORY));
  }),
  behaviour('open with O_EXCL on a dangling link', async (fs, at) => {
    await fs.symlink('missing', at('link'));
    return fs.open(at('link'), 'wx');
  }),
  behaviour('open with w through a dangling link makes the file', async (fs, at) => {
    await fs.symlink('f', at('link'));
    await (await fs.open(at('link'), 'w')).close();
  }),
  behaviour('open with a mode, less the umask', async (fs, at) => {
    await (await fs.open(at('a'), 'w', 0o777)).close();
    await (await fs.open(at('b'), 'a', '600')).close();
    await (await fs.open(at('a'), 'w', 0o600)).close();
  }),
  behaviour('open where it cannot', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    const outcomes = [await refusal(fs.open(at('missing')))];
    for (const path of ['missing/x', 'f/x', 'f/']) {
      outcomes.push(await refusal(fs.open(at(path))), await refusal(fs.open(at(path), 'w')));
    }
    return outcomes;
  }),
  behaviour('read moves the position, unless one is given', async (fs, at) => {
    await fs.writeFile(at('f'), '0123456789');
    const file = await fs.open(at('f'));
    const buffer = Buffer.alloc(4, '.');
    const seen = [];
    for (const position of [null, 8, null, null, null]) {
      const { bytesRead } = await file.read(buffer, 0, 4, position);
      seen.push([bytesRead, buffer.toString()]);
    }
    await file.close();
    return seen;
  }),
  behaviour('read takes an object, and a part of a buffer', async (fs, at) => {
    await fs.writeFile(at('f'), '0123456789');
    const file = await fs.open(at('f'));
    const buffer = Buffer.alloc(6, '.');
    const seen = [
      (await file.read({ buffer, offset: 1, length: 3, position: 2 })).bytesRead,
      buffer.toString(),
      (await file.read(buffer, { offset: 4 })).bytesRead,
      buffer.toString(),
      (await file.read()).bytesRead,
    ];
    await file.close();
    return seen;
  }),
  behaviour('write moves the position, unless one is given', async (fs, at) => {
    const file = await fs.open(at('f'), 'w+');
    const written = [
      await file.write('0123456789'),
      await file.write('ab', 2),
      await file.write(Buffer.from('xyz'), 1, 2),
    ];
    const { bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    await file.write('end');
    await file.close();
    return [written.map(({ bytesWritten, buffer }) => [bytesWritten, buffer]), bytesRead];
  }),
  behaviour('write behind the end fills up with zeros', async (fs, at) => {
    const file = await fs.open(at('f'), 'w');
    await file.write('a', 0);
    await file.write('b', 5);
    await file.close();
  }),
  behaviour('write with r+ changes in place', async (fs, at) => {
    await fs.writeFile(at('f'), '0123456789');
    const file = await fs.open(at('f'), 'r+');
    await file.write('ab', 4);
    await file.write('cd');
    await file.close();
  }),
  behaviour('write with a adds at the end, whatever the position', async (fs, at) => {
    await fs.writeFile(at('f'), '0123');
    const file = await fs.open(at('f'), 'a+');
    await file.write('4', 0);
    await file.write('5', 1);
    const { buffer } = await file.read(Buffer.alloc(6), 0, 6, 0);
    await file.close();
    return buffer.toString();
  }),
  behaviour('write is seen by other readers at once', async (fs, at) => {
    const file = await fs.open(at('f'), 'w');
    await file.write('one');
    const first = await fs.readFile(at('f'), 'utf8');
    await file.write(' two');
    const second = [await fs.readFile(at('f'), 'utf8'), (await file.stat()).size];
    await file.close();
    return [first, second];
  }),
  behaviour('write and read where the flags do not allow it', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    const reader = await fs.open(at('f'), 'r');
    const writer = await fs.open(at('f'), 'a');
    const seen = [
      await refusal(reader.write('y')),
      await refusal(reader.truncate(0)),
      await refusal(writer.read(Buffer.alloc(1), 0, 1, 0)),
      await refusal(writer.readFile()),
    ];
    await reader.close();
    await writer.close();
    return seen;
  }),
  behaviour('truncate of an open file leaves the position', async (fs, at) => {
    const file = await fs.open(at('f'), 'w+');
    await file.write('0123456789');
    await file.truncate(4);
    await file.write('x');
    await file.truncate(12);
    await file.close();
  }),
  behaviour('readFile, writeFile and appendFile of an open file', async (fs, at) => {
    await fs.writeFile(at('f'), '0123456789');
    const file = await fs.open(at('f'), 'r+');
    const start = await file.read(Buffer.alloc(2), 0, 2, null);
    await file.writeFile('ab');
    const rest = await file.readFile('utf8');
    await file.appendFile('!');
    await file.close();
    return [start.bytesRead, rest];
  }),
  behaviour('readFile and writeFile take an open file', async (fs, at) => {
    const file = await fs.open(at('f'), 'w+');
    await fs.writeFile(file, 'content');
    const after = await fs.readFile(file, 'utf8');
    await file.close();
    return after;
  }),
  behaviour('a file that is open can be read after it was deleted', async (fs, at) => {
    await fs.writeFile(at('f'), 'still here');
    const file = await fs.open(at('f'));
    await fs.unlink(at('f'));
    const text = await file.readFile('utf8');
    await file.close();
    return text;
  }),
  behaviour('chmod, utimes, sync and datasync of an open file', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    const file = await fs.open(at('f'), 'r+');
    await file.chmod(0o640);
    await file.utimes(1, 2);
    await file.sync();
    await file.datasync();
    const { mtimeMs } = await file.stat();
    await file.close();
    return mtimeMs;
  }),
  behaviour('a closed file refuses, and can be closed again', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    const file = await fs.open(at('f'), 'r+');
    await file.close();
    const uses = [
      () => file.read(Buffer.alloc(1), 0, 1, 0),
      () => file.write('x'),
      () => file.stat(),
      () => file.truncate(),
    ];
    return [await Promise.all(uses.map((use) => refusal(use()))), await refusal(file.close()), file.fd];
  }),
];
