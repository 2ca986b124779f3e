import { behaviour, type Behaviour, refusal } from '../behaviour.ts';

export const reading: readonly Behaviour[] = [
  behaviour('readFile gives bytes', async (fs, at) => {
    await fs.writeFile(at('f'), 'hello €');
    return fs.readFile(at('f'));
  }),
  behaviour('readFile gives text in an encoding', async (fs, at) => {
    await fs.writeFile(at('f'), 'hellö');
    const encodings = ['utf8', 'latin1', 'hex', 'base64', 'utf16le', 'ascii'] as const;
    return Promise.all(encodings.map((encoding) => fs.readFile(at('f'), encoding)));
  }),
  behaviour('readFile takes the encoding from an object', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return [await fs.readFile(at('f'), { encoding: 'utf8' }), await fs.readFile(at('f'), { encoding: null })];
  }),
  behaviour('readFile damages invalid UTF-8', async (fs, at) => {
    await fs.writeFile(at('f'), Buffer.from([0x61, 0xff, 0x62]));
    return fs.readFile(at('f'), 'utf8');
  }),
  behaviour('readFile of an empty file', async (fs, at) => {
    await fs.writeFile(at('f'), '');
    return [await fs.readFile(at('f')), await fs.readFile(at('f'), 'utf8')];
  }),
  behaviour('readFile of a missing file', (fs, at) => fs.readFile(at('missing'))),
  behaviour('readFile in a missing directory', (fs, at) => fs.readFile(at('missing/f'))),
  behaviour('readFile of a directory', async (fs, at) => {
    await fs.mkdir(at('d'));
    return fs.readFile(at('d'));
  }),
  behaviour('readFile below a file', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return [await refusal(fs.readFile(at('f/x'))), await refusal(fs.readFile(at('f/x/y')))];
  }),
  behaviour('readFile with a slash behind a file', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return [await refusal(fs.readFile(at('f/'))), await refusal(fs.readFile(at('f/.')))];
  }),
  behaviour('readFile with doubled slashes and dots', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('d/f'), 'x');
    return Promise.all(['d//f', './d/./f', 'd/../d/f'].map((path) => fs.readFile(at(path), 'utf8')));
  }),
  behaviour('readFile of an empty path', (fs) => fs.readFile('')),
  behaviour('readFile takes a Buffer for a path', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return fs.readFile(Buffer.from(at('f')), 'utf8');
  }),
  behaviour('readFile takes a URL for a path', async (fs, at) => {
    await fs.writeFile(at('a b'), 'x');
    return fs.readFile(new URL(`file://${at('a%20b')}`), 'utf8');
  }),
  behaviour('readFile with an aborted signal', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return fs.readFile(at('f'), { signal: AbortSignal.abort(new Error('why')) });
  }),
  behaviour('readFile with the flag a+ makes the file', async (fs, at) => fs.readFile(at('f'), { flag: 'a+' })),
  behaviour('readFile with the flag w empties the file and cannot read', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return fs.readFile(at('f'), { flag: 'w' });
  }),
  behaviour('readFile with the flag wx refuses a file that exists', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return fs.readFile(at('f'), { flag: 'wx' });
  }),
];
