import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const BROWSER = 'chromium';

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** A page in a headless Chromium, spoken to over the pipe of its DevTools protocol. */
export class Page {
  readonly #chromium: ChildProcess;
  readonly #profile: string;
  readonly #pending = new Map<number, (message: Message) => void>();
  readonly #heard = new Map<string, (params: Record<string, unknown>) => void>();
  readonly complaints: string[] = [];
  #sequence = 0;
  #session: string | undefined;

  private constructor(chromium: ChildProcess, profile: string) {
    this.#chromium = chromium;
    this.#profile = profile;
    let text = '';
    (chromium.stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (text + chunk).split('\0');
      text = messages.pop() ?? '';
      for (const message of messages) this.#receive(JSON.parse(message) as Message);
    });
  }

  static async open(width: number, height: number): Promise<Page> {
    const profile = await mkdtemp(join(tmpdir(), 'core-chromium-'));
    const flags = ['--headless=new', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars', '--no-first-run'];
    const root = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const args = [...flags, ...root, '--remote-debugging-pipe', `--user-data-dir=${profile}`];
    const chromium = spawn(BROWSER, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    const page = new Page(chromium, profile);
    try {
      await page.#attach(width, height);
    } catch (error) {
      await page.close();
      throw error;
    }
    return page;
  }

  async #attach(width: number, height: number): Promise<void> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    this.#session = String(sessionId);
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await this.send(`${domain}.enable`);
    await this.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  async goTo(url: string): Promise<void> {
    const loaded = new Promise((resolve) => this.#heard.set('Page.loadEventFired', resolve));
    await this.send('Page.navigate', { url });
    await loaded;
  }

  /** The value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.send('Runtime.evaluate', { expression, returnByValue: true });
    return (result as { value?: unknown }).value;
  }

  async moveMouse(x: number, y: number): Promise<void> {
    await this.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
  }

  async click(x: number, y: number): Promise<void> {
    for (const type of ['mousePressed', 'mouseReleased']) {
      await this.send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
    }
  }

  /** The page as it is seen, as PNG. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.send('Page.captureScreenshot', { format: 'png' });
    return Buffer.from(String(data), 'base64');
  }

  send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    this.#sequence += 1;
    const id = this.#sequence;
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    (this.#chromium.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    return new Promise((resolve, reject) => {
      this.#pending.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
    });
  }

  async close(): Promise<void> {
    const exited = once(this.#chromium, 'exit');
    this.#chromium.kill('SIGTERM');
    await exited;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #receive(message: Message): void {
    const { id, method = '', params = {} } = message;
    if (id !== undefined) this.#pending.get(id)?.(message);
    this.#heard.get(method)?.(params);
    const isComplaint = ['Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Log.entryAdded'].includes(method);
    if (isComplaint) this.complaints.push(JSON.stringify(params));
    if (method === 'Network.requestWillBeSent') {
      const { url } = params['request'] as { url: string };
      if (!url.startsWith('file:')) this.complaints.push(`it asked for ${url}`);
    }
  }
}
