import type { DriverAppend, DriverSink, DriverWrite } from '../../driver.ts';
import { ErrnoSignal } from '../../errno.ts';
import type { Spot } from '../../resolve.ts';
import type { Ground } from './ground.ts';
import { modeFor, PLAIN_WRITE } from './raise.ts';
import type { Node } from './view.ts';

/** Where a content goes in the top, and how. */
interface Target {
  readonly spot: Spot<Node>;
  readonly how: DriverWrite;
}

/** What gives a file of an overlay another content. */
export class Contents {
  readonly #ground: Ground;
  #openStreams = 0;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Streams that have neither finished nor been destroyed. */
  get openStreams(): number {
    return this.#openStreams;
  }

  write(path: string, bytes: Uint8Array, options: DriverWrite): Promise<void> {
    return this.#ground.alone(async () => {
      options.signal?.throwIfAborted(); // it may have waited for its turn
      const { spot, how } = await this.#target(path, options);
      await this.#ground.view.top.write(spot.path, bytes, how);
      await this.#done(spot);
    });
  }

  /** What only the base has is copied, once, and put with the addition in one piece. */
  append(path: string, bytes: Uint8Array, options: DriverAppend): Promise<void> {
    const { signal } = options;
    return this.#ground.alone(async () => {
      signal?.throwIfAborted();
      const { base, top, handles } = this.#ground.view;
      const { entry } = await this.#ground.view.find(path);
      if (entry?.kind === 'file' && bytes.length === 0) return;
      const { spot, how } = await this.#target(path, { ...PLAIN_WRITE, ...options });
      if (spot.entry?.base === undefined) await top.append(spot.path, bytes, options);
      else {
        const whole = Buffer.concat([await base.read(spot.path, signal, true), bytes]);
        await top.write(spot.path, whole, { ...how, owned: true });
        await handles.raised(spot.path, () => top.open(spot.path));
      }
      await this.#done(spot);
    });
  }

  create(path: string, options: DriverWrite): Promise<DriverSink> {
    return this.#ground.alone(async () => {
      const { spot, how } = await this.#target(path, options);
      const sink = await this.#ground.view.top.create(spot.path, how);
      this.#openStreams += 1;
      let isOpen = true;
      const close = (): void => {
        if (isOpen) this.#openStreams -= 1;
        isOpen = false;
      };
      return {
        write: (bytes) => sink.write(bytes),
        commit: () => this.#ground.alone(() => this.#commit(spot, sink)).finally(close),
        abort: async () => {
          await sink.abort();
          close();
        },
      };
    });
  }

  async #commit(spot: Spot<Node>, sink: DriverSink): Promise<void> {
    await sink.commit();
    await this.#done(spot);
  }

  async #target(path: string, options: DriverWrite): Promise<Target> {
    const { view, raise } = this.#ground;
    const spot = await view.find(path, !options.exclusive);
    const { entry } = spot;
    if (options.exclusive && entry !== undefined) throw ErrnoSignal.of('EEXIST');
    if (entry?.kind === 'dir') throw ErrnoSignal.of('EISDIR');
    if (entry?.kind === 'other') throw new ErrnoSignal('ERR_NOT_REGULAR_FILE');
    await raise.directory(spot.directory);
    return { spot, how: { ...options, mode: options.mode ?? modeFor(view.base, view.top, entry?.base) } };
  }

  async #done({ path, entry }: Spot<Node>): Promise<void> {
    await this.#ground.show(path);
    this.#ground.tell(entry === undefined ? 'create' : 'change', path);
  }
}
