import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Process, Service } from '@core/process';

import { encodeFrame, FRAME, type Frame, FrameParser } from '../../src/agent/frame.ts';
import { compileAgent } from '../../src/testing/vm-image/guest-agent.ts';

/** The guest's agent as a process of this machine, at a UNIX socket: what it does needs no virtual machine. */
export class NativeAgent implements AsyncDisposable {
  readonly dir: string;
  readonly service: Service = new Service();
  readonly #args: readonly string[];
  #program: string | undefined;
  #process: Process | undefined;

  private constructor(dir: string, args: readonly string[]) {
    this.dir = dir;
    this.#args = args;
  }

  static async start(args: readonly string[] = []): Promise<NativeAgent> {
    const agent = new NativeAgent(await mkdtemp(join(tmpdir(), 'agent-')), args);
    await agent.restart();
    return agent;
  }

  get socket(): string {
    return join(this.dir, 'agent.sock');
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  async kill(): Promise<void> {
    this.#process?.sendSignal('SIGKILL');
    await this.#process?.done;
  }

  /** Starts it, or another one in its place. */
  async restart(): Promise<void> {
    await rm(this.socket, { force: true });
    if (this.#program === undefined) {
      await compileAgent(join(this.dir, 'core-agent'));
      this.#program = join(this.dir, 'core-agent');
    }
    this.#process = await this.service.start(this.#program, ['--socket', this.socket, ...this.#args]);
    for await (const { line } of this.#process.lines()) if (line.startsWith('listening')) return;
    throw new Error(`the agent did not start: ${this.#process.stderr}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** A client that says what it likes. */
export class RawClient implements AsyncDisposable {
  readonly session: number;
  readonly frames: Frame[] = [];
  readonly #socket: Socket;
  readonly #parser = new FrameParser();
  #wake: () => void = () => undefined;

  private constructor(socket: Socket, session: number) {
    this.#socket = socket;
    this.session = session;
    socket.on('data', (bytes: Buffer) => {
      this.frames.push(...this.#parser.push(bytes));
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#wake();
    });
  }

  static async connect(path: string, session = 7): Promise<RawClient> {
    const socket = connect(path);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawClient(socket, session);
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  send(type: number, channel = 0, payload: Uint8Array = new Uint8Array(0)): void {
    this.write(encodeFrame({ session: this.session, channel, type, payload }));
  }

  hello(): void {
    this.send(FRAME.hello, 0, Buffer.of(0, 0, 0, 1));
  }

  /** What was heard and not taken out, beside the agent's own greeting. */
  get heard(): Frame[] {
    return this.frames.filter(({ session }) => session !== 0);
  }

  pause(): void {
    this.#socket.pause();
  }

  /** The first frame of this session that is of this type, and is taken out. */
  async next(type: number): Promise<Frame> {
    for (;;) {
      const at = this.frames.findIndex((frame) => frame.type === type && frame.session === this.session);
      const [frame] = at < 0 ? [] : this.frames.splice(at, 1);
      if (frame !== undefined) return frame;
      if (this.#socket.destroyed) throw new Error('the agent has gone away');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.destroyed) return;
    const closed = new Promise((resolve) => this.#socket.once('close', resolve));
    this.#socket.destroy();
    await closed;
  }
}
