import { PassThrough, Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { describe, expect, it, jest } from '@jest/globals';

import { ProcessError } from '../../src/errors.ts';
import { command } from '../../src/exec/index.ts';
import type { LogFields, Logger } from '../../src/logger.ts';
import { scriptedCommand } from '../../src/testing/index.ts';

jest.setTimeout(60_000); // real programs, on a machine that may be busy

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const failure = (promise: Promise<unknown>): Promise<ProcessError> =>
  promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error as ProcessError,
  );

/** A stream that keeps what it is given. */
function collector(): { readonly stream: Writable; readonly text: () => string } {
  const parts: Uint8Array[] = [];
  const stream = new Writable({
    write(bytes: Uint8Array, _encoding, done) {
      parts.push(bytes);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(parts).toString() };
}

/** A stream that takes nothing until it is told to. */
function stuck(): { readonly stream: Writable; readonly begun: Promise<void>; readonly go: (error?: Error) => void } {
  let go: (error?: Error) => void = () => undefined;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const stream = new Writable({
    highWaterMark: 1,
    write(_bytes, _encoding, done) {
      go = done;
      begin();
    },
  });
  return {
    stream,
    begun,
    go: (error) => {
      go(error);
    },
  };
}

function recorder(): { readonly logger: Logger; readonly told: [string, string, LogFields | undefined][] } {
  const told: [string, string, LogFields | undefined][] = [];
  const level =
    (name: string) =>
    (message: string, fields?: LogFields): void => {
      told.push([name, message, fields]);
    };
  return { logger: { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') }, told };
}

describe('Good', () => {
  it('Command.run gives the result, and shows nothing', async () => {
    const result = await command('sh', '-c', 'echo out; echo err >&2').dir('/').run();
    expect(result).toMatchObject({ ok: true, stdout: 'out\n', stderr: 'err\n', dir: '/' });
  });

  it('Command.output gives all of stdout, however much it is', async () => {
    expect(await command('printf', 'a\\nb').output()).toBe('a\nb');
    const large = await command('node', '-e', 'process.stdout.write("0123456789".repeat(300_000))').output();
    expect([large.length, large.startsWith('0123'), large.endsWith('6789')]).toEqual([3_000_000, true, true]);
  });

  it('Command.combinedOutput gives stdout and stderr in the exact order', async () => {
    const program = 'for i in 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done';
    const wanted = Array.from({ length: 9 }, (_, i) => `o${String(i + 1)}\ne${String(i + 1)}\n`).join('');
    expect(await command('sh', '-c', program).combinedOutput()).toBe(wanted);
  });

  it('Command.env adds to the environment, call by call', async () => {
    const base = command('sh', '-c', 'echo "$A $B $C ${PATH:+path}"').env({ A: '1', B: '2' });
    expect(await base.env({ B: undefined, C: '3' }).output()).toBe('1  3 path\n');
    expect(await base.output()).toBe('1 2  path\n');
  });

  it('Command.stdin takes text, bytes, streams and iterables', async () => {
    async function* words(): AsyncGenerator<string> {
      for (const word of ['a', 'b']) yield await Promise.resolve(word);
    }
    const cat = command('cat');
    expect(await cat.output()).toBe('');
    expect(await cat.stdin('inherit').output()).toBe('inherit');
    expect(await cat.stdin(Buffer.from('bytes')).output()).toBe('bytes');
    expect(await cat.stdin(words()).output()).toBe('ab');
    expect(await cat.stdin(Readable.from(['c', 'd'])).output()).toBe('cd');
  });

  it('Command is not changed by its methods, and can be run again', async () => {
    const plain = command('pwd');
    const root = plain.dir('/').stdin('x').timeout(60_000);
    expect(await Promise.all([root.output(), root.output(), plain.output()])).toEqual([
      '/\n',
      '/\n',
      `${process.cwd()}\n`,
    ]);
  });

  it('Command.stdout and Command.stderr write into streams, which stay open', async () => {
    const out = collector();
    const err = collector();
    const program = command('sh', '-c', 'echo out; echo err >&2');
    await program.stdout(out.stream).stderr(err.stream).run();
    const result = await program.stdout(out.stream).run();
    expect([out.text(), err.text()]).toEqual(['out\nout\n', 'err\n']);
    expect([result.stdout, result.stderr]).toEqual(['out\n', 'err\n']);
    expect([out.stream.writableEnded, out.stream.listenerCount('error')]).toEqual([false, 0]);
  });

  it('Command writes into one stream for both in the exact order', async () => {
    const { stream, text } = collector();
    const program = 'for i in 1 2 3 4 5; do echo o$i; echo e$i >&2; done';
    await command('sh', '-c', program).stdout(stream).stderr(stream).run();
    expect(text()).toBe('o1\ne1\no2\ne2\no3\ne3\no4\ne4\no5\ne5\n');
  });

  it('Command.stdout "inherit" writes where the program writes', async () => {
    const output = await command(process.execPath, fixture('inherits.mjs')).output();
    expect(output).toBe('out\n{"stdout":"","stderr":"err\\n"}');
  });

  it('Command.logger tells of the beginning and the end', async () => {
    const { logger, told } = recorder();
    await command('echo', 'two words').dir('/').logger(logger).run();
    await failure(command('sh', '-c', 'exit 3').logger(logger).run());
    expect(told).toEqual([
      ['debug', "Running echo 'two words'", { command: "echo 'two words'", dir: '/' }],
      ['debug', "Ran echo 'two words'", { command: "echo 'two words'", dir: '/', durationMs: expect.any(Number) }],
      ['debug', "Running sh -c 'exit 3'", { command: "sh -c 'exit 3'" }],
      ['error', "Failed to run sh -c 'exit 3'", { command: "sh -c 'exit 3'", error: expect.any(ProcessError) }],
    ]);
  });

  it('Command does not keep the program from ending', async () => {
    expect(await command(process.execPath, fixture('script.mjs')).timeout(60_000).output()).toBe('done\n');
  });
});

describe('Bad', () => {
  it('Command.run rejects with the end of stderr, also where that went into a stream', async () => {
    const { stream, text } = collector();
    const failing = command('sh', '-c', 'echo out of paper >&2; exit 3');
    for (const one of [failing, failing.stderr(stream)]) {
      const error = await failure(one.run());
      expect(error).toMatchObject({ code: 'ERR_PROCESS_EXIT_NON_ZERO', exitCode: 3 });
      expect(error.message).toContain('stderr ended with:\nout of paper');
    }
    expect(text()).toBe('out of paper\n');
    expect(await failure(failing.output())).toMatchObject({ code: 'ERR_PROCESS_EXIT_NON_ZERO' });
    expect((await failure(failing.combinedOutput())).message).toContain('out of paper');
  });

  it('Command.run tells a missing program from a missing directory', async () => {
    expect(await failure(command('no-such-program').run())).toMatchObject({
      ...{ code: 'ERR_PROCESS_SPAWN_FAILED', outcome: { what: 'command' } },
    });
    expect(await failure(command('true').dir('/no/such').run())).toMatchObject({ outcome: { what: 'dir' } });
  });

  it('Command.timeout ends it', async () => {
    const error = await failure(command('sleep', '300').timeout(1).run());
    expect(error).toMatchObject({ code: 'ERR_PROCESS_EXIT_NON_ZERO', outcome: { kind: 'timedOut', timeoutMs: 1 } });
  });

  it('Command.output refuses to give the end of an output for all of it', async () => {
    const eight = command('printf', '12345678');
    expect(await eight.maxOutputBytes(8).output()).toBe('12345678');
    const error = await failure(eight.maxOutputBytes(7).output());
    expect(error).toMatchObject({ code: 'ERR_PROCESS_OUTPUT_TOO_LARGE', op: 'process.output' });
    expect(error.message).toBe('Cannot collect the output of printf: it has more than 7 bytes');
    expect(await failure(eight.maxOutputBytes(7).combinedOutput())).toMatchObject({ code: error.code });
  });

  it('Command refuses misuse before anything happens', async () => {
    const { stream } = collector();
    expect(() => command('')).toThrow(TypeError);
    expect(() => command('echo', 3 as unknown as string)).toThrow('args[0] must be a string, not 3');
    const echo = command('echo');
    expect(() => echo.dir(3 as unknown as string)).toThrow('dir must be a string');
    expect(() => echo.timeout(0)).toThrow(RangeError);
    expect(() => echo.env({ 'A=B': '' })).toThrow('env must have names without "="');
    expect(() => echo.stdin(7 as unknown as string)).toThrow('input must be a string');
    expect(() => echo.stdout('ignore' as 'inherit')).toThrow('stdout must be a Writable or "inherit", not "ignore"');
    expect(() => echo.stderr({} as Writable)).toThrow('stderr must be a Writable or "inherit"');
    expect(() => echo.maxOutputBytes(0)).toThrow(RangeError);
    await expect(echo.stdout(stream).output()).rejects.toThrow(
      new TypeError('output() collects what stdout() was told to write elsewhere: use run()'),
    );
    await expect(echo.stdout(stream).stderr('inherit').combinedOutput()).rejects.toThrow(
      'combinedOutput() collects what stdout and stderr() was told',
    );
    expect((await echo.stderr(stream).output()).trim()).toBe('');
  });
});

describe('Ugly', () => {
  it('Command.signal ends the whole tree and rejects with the reason itself', async () => {
    await using scripted = await scriptedCommand();
    const controller = new AbortController();
    const reason = new Error('enough');
    const running = failure(
      command(scripted.command, ...scripted.args)
        .signal(controller.signal)
        .run(),
    );
    const child = await scripted.next();
    const grandchild = await child.spawn();
    controller.abort(reason);
    expect(await running).toBe(reason);
    await grandchild.gone;
    expect(await failure(command('true').signal(controller.signal).run())).toBe(reason);
  });

  it('Command.stdout slows the process down where the stream is slow, and loses nothing', async () => {
    const bytes = 4_000_000;
    const slow = new PassThrough({ highWaterMark: 1024 });
    const running = command('head', '-c', String(bytes), '/dev/zero').stdout(slow).run();
    let seen = 0;
    let most = 0;
    slow.on('readable', () => {
      setImmediate(() => {
        most = Math.max(most, slow.writableLength + slow.readableLength);
        for (let chunk = slow.read() as Uint8Array | null; chunk !== null; chunk = slow.read() as Uint8Array | null) {
          seen += chunk.length;
        }
      });
    });
    await running;
    slow.end();
    await new Promise((resolve) => slow.once('end', resolve));
    expect(seen).toBe(bytes);
    expect(most).toBeLessThan(1_000_000);
  });

  it('Command ends the process and rejects with its error where a stream fails', async () => {
    const error = new Error('the disk is full');
    const failing = new Writable({
      write(_bytes, _encoding, done) {
        done(error);
      },
    });
    expect(await failure(command('sh', '-c', 'echo out; sleep 300').stdout(failing).run())).toBe(error);
    const { stream, begun, go } = stuck();
    const afterwards = failure(command('echo', 'out').stdout(stream).run());
    await begun;
    go(error);
    expect(await afterwards).toBe(error);
  });

  it('Command ends the process where a stream that nothing was written to is destroyed with an error', async () => {
    await using scripted = await scriptedCommand();
    const { stream } = collector();
    const error = new Error('gone');
    const running = failure(
      command(scripted.command, ...scripted.args)
        .stderr(stream)
        .run(),
    );
    await scripted.next();
    stream.destroy(error);
    expect(await running).toBe(error);
  });

  it('Command rejects where a stream is closed already', async () => {
    const { stream } = collector();
    stream.destroy();
    expect(await failure(command('echo', 'out').stdout(stream).run())).toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
  });

  it('Command.signal lets go of a stream that never answers', async () => {
    const { stream, begun } = stuck();
    const controller = new AbortController();
    const running = failure(command('echo', 'out').stdout(stream).signal(controller.signal).run());
    await begun;
    controller.abort('enough');
    expect(await running).toBe('enough');
    expect(stream.listenerCount('error')).toBe(0);
  });

  it('Command.timeout holds where the stream never answers', async () => {
    const { stream } = stuck();
    const running = command('sh', '-c', 'echo out; sleep 300').stdout(stream).timeout(200).run();
    expect(await failure(running)).toMatchObject({ outcome: { kind: 'timedOut' } });
  });

  it('Command writes from many at once into one stream without a warning', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', warn);
    const { stream, text } = collector();
    const signal = new AbortController().signal;
    const one = command('echo', 'x').stdout(stream).stderr(stream).signal(signal);
    await Promise.all(Array.from({ length: 15 }, () => one.run()));
    process.off('warning', warn);
    expect([text(), warnings]).toEqual(['x\n'.repeat(15), []]);
  });

  it('Command.stdin that fails ends the process and rejects with its error', async () => {
    const error = new Error('no more words');
    async function* words(): AsyncGenerator<string> {
      yield await Promise.resolve('a');
      throw error;
    }
    expect(await failure(command('cat').stdin(words()).run())).toBe(error);
  });

  it('Command.logger is told no secret', async () => {
    const { logger, told } = recorder();
    const login = command('echo', '--token=hunter2-hunter2').env({ API_TOKEN: 'hunter2-hunter2' });
    await login.logger(logger).run();
    expect(JSON.stringify(told)).not.toContain('hunter2');
    expect(told[0]?.[1]).toBe('Running echo --token=***');
  });
});
