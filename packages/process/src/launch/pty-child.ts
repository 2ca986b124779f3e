import { EventEmitter } from 'node:events';
import { closeSync, constants as modes, openSync, readSync } from 'node:fs';
import { constants } from 'node:os';
import { Readable, Writable } from 'node:stream';

import { sendSignalTo } from '../terminate/send-signal.ts';
import type { Launched } from './launcher.ts';

/** A terminal and the process in it, as the library gives them. */
export interface Terminal {
  readonly pid: number;
  onData(listener: (data: string | Uint8Array) => void): unknown;
  onExit(listener: (exit: { readonly exitCode: number; readonly signal?: number }) => void): unknown;
  write(data: string | Uint8Array): void;
  resize(columns: number, rows: number): void;
  pause(): void;
  resume(): void;
  /** This program's descriptor, the path of the process's side, and the end of what is read: not on Windows. */
  readonly fd?: number;
  readonly ptsName?: string;
  on?(event: 'end', listener: () => void): unknown;
}

/** Control-D: the line so far is handed over; an empty one is the end of the input. */
const END_OF_INPUT = '\u0004';
const NEWLINE = 0x0a;
const LOOK_MS = 10;
const REST_BYTES = 65_536;

/**
 * A process in a terminal of its own: its streams are one.
 *
 * The other side is held open until the process is gone. Else a process that closes its streams before it exits, as
 * `cat` does, would be hit by SIGHUP: the library closes its side when nobody is on the other. And some 200 ms after the
 * exit the library throws away what was not read, so it must be read then, whether or not somebody takes it, and at once:
 * in a program that is kept from running for so long, the library's timer comes before the next look at the terminal.
 */
export class PtyChild extends EventEmitter<{ exit: [number | null, NodeJS.Signals | null] }> implements Launched {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr = null;
  readonly #terminal: Terminal;
  readonly #looking: NodeJS.Timeout;
  #held: number | undefined;
  #isPaused = false;
  #isGone = false;

  constructor(terminal: Terminal) {
    super();
    this.#terminal = terminal;
    this.pid = terminal.pid;
    this.#held = holdOpen(terminal.ptsName);
    this.stdin = stdinOf(terminal);
    this.stdout = this.#stdout();
    this.#looking = setInterval(() => {
      if (sendSignalTo(this.pid, 0) === 'gone') this.#readToEnd();
    }, LOOK_MS);
    // it comes after all data: the end of a terminal is an error to whoever reads it, which the library takes for that
    terminal.onExit(({ exitCode, signal }) => {
      this.#exited(exitCode, signal);
    });
  }

  /** The library keeps the program from ending as long as the terminal is open, and has no word for anything else. */
  ref(): void {
    // so it is held already
  }

  unref(): void {
    // and cannot be let go
  }

  resize(columns: number, rows: number): void {
    if (!this.#isGone) this.#terminal.resize(columns, rows);
  }

  #stdout(): Readable {
    const stdout = new Readable({
      read: () => {
        this.#resume();
      },
    });
    this.#terminal.onData((data) => {
      if (stdout.destroyed || stdout.push(data) || this.#isPaused || this.#isGone) return;
      this.#isPaused = true;
      this.#terminal.pause();
    });
    this.#terminal.on?.('end', () => {
      // once the other side has hung up, Node takes the first read that does not fill its buffer for the last
      this.#pushRest(stdout);
    });
    return stdout;
  }

  #pushRest(stdout: Readable): void {
    const { fd = -1 } = this.#terminal;
    try {
      for (;;) {
        const bytes = Buffer.allocUnsafe(REST_BYTES);
        const count = readSync(fd, bytes);
        if (count === 0) return;
        stdout.push(bytes.subarray(0, count));
      }
    } catch {
      // EIO: this was the end; EAGAIN: another process has the terminal, and what it writes may come or not
    }
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#terminal.resume();
  }

  #readToEnd(): void {
    const isOpen = this.#held !== undefined; // the library cannot have come to the end, and closed its descriptor
    this.#letGo();
    // behind what the library has read and holds back, and before the next timer
    if (isOpen)
      process.nextTick(() => {
        this.#pushRest(this.stdout);
      });
  }

  /** The process is gone: there is an end to what can be read. */
  #letGo(): void {
    clearInterval(this.#looking);
    this.#isGone = true;
    if (this.#held !== undefined) closeSync(this.#held);
    this.#held = undefined;
    this.#resume();
  }

  #exited(exitCode: number, signal: number | undefined): void {
    this.#letGo();
    this.stdout.push(null);
    const killSignal = signalOf(signal);
    this.emit('exit', killSignal === null ? exitCode : null, killSignal);
  }
}

function holdOpen(path: string | undefined): number | undefined {
  try {
    return path === undefined ? undefined : openSync(path, modes.O_RDWR | modes.O_NOCTTY);
  } catch {
    return undefined; // then it is as good as the library is
  }
}

function stdinOf(terminal: Terminal): Writable {
  let isAtStart = true;
  return new Writable({
    write: (data: Buffer, _encoding, done) => {
      if (data.length > 0) isAtStart = data.at(-1) === NEWLINE;
      terminal.write(data);
      done();
    },
    final: (done) => {
      terminal.write(isAtStart ? END_OF_INPUT : END_OF_INPUT.repeat(2));
      done();
    },
  });
}

function signalOf(number: number | undefined): NodeJS.Signals | null {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found === undefined ? null : (found[0] as NodeJS.Signals);
}
