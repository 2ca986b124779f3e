import { describe, expect, it } from '@jest/globals';

import { Courier, type Teller } from '../../src/output/courier.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Has so many lines, each of which takes its listener so long. */
class Fake implements Teller {
  readonly calls: number[] = [];
  hasEnded = false;
  #lines: number;
  readonly #msPerLine: number;

  constructor(lines: number, msPerLine = 0) {
    this.#lines = lines;
    this.#msPerLine = msPerLine;
  }

  get left(): number {
    return this.#lines;
  }

  tell(most: number): number {
    const told = Math.min(most, this.#lines);
    this.#lines -= told;
    this.calls.push(told);
    for (const until = performance.now() + told * this.#msPerLine; performance.now() < until;);
    return told;
  }
}
const until = async (condition: () => boolean): Promise<number> => {
  let turns = 0;
  for (; !condition(); turns += 1) await turn();
  return turns;
};

describe('Good', () => {
  it('Courier tells everything, in larger and larger calls to those who are quick', async () => {
    const courier = new Courier();
    const teller = new Fake(100_000);
    courier.add(teller);
    await until(() => teller.left === 0);
    expect(teller.calls.length).toBeLessThan(1000); // it begins with four lines a call
  });

  it('Courier.hurry tells at once', () => {
    const teller = new Fake(10);
    new Courier().hurry(teller);
    expect(teller.left).toBeLessThan(10);
  });

  it('Courier.settled resolves when those who have ended have told everything', async () => {
    const courier = new Courier();
    const teller = new Fake(40, 1);
    teller.hasEnded = true;
    courier.hurry(teller);
    expect(teller.left).toBeGreaterThan(0);
    await courier.settled(60_000);
    expect(teller.left).toBe(0);
    await courier.settled(60_000);
  });
});

describe('Bad', () => {
  it('Courier.settled does not wait for those who go on', async () => {
    const courier = new Courier();
    courier.add(new Fake(100, 1));
    await expect(courier.settled(60_000)).resolves.toBeUndefined();
  });

  it('Courier.settled does not wait for ever for those who are slow', async () => {
    const courier = new Courier();
    const teller = new Fake(100, 1);
    teller.hasEnded = true;
    courier.add(teller);
    await courier.settled(1);
    expect(teller.left).toBeGreaterThan(0);
  });
});

describe('Ugly', () => {
  it('Courier gives the event loop its turns while a listener is slow', async () => {
    const courier = new Courier();
    const teller = new Fake(100, 1);
    courier.add(teller);
    expect(await until(() => teller.left === 0)).toBeGreaterThan(10);
    expect(Math.max(...teller.calls)).toBeLessThanOrEqual(8);
  });

  it('Courier lets one who has much to tell hold up nobody', async () => {
    const courier = new Courier();
    const [slow, other] = [new Fake(500, 1), new Fake(3)];
    courier.add(slow);
    courier.add(other);
    await until(() => other.left === 0);
    expect(slow.left).toBeGreaterThan(400);
  });

  it('Courier goes on with one who has new lines after it had none', async () => {
    const courier = new Courier();
    const first = new Fake(1);
    courier.add(first);
    await until(() => first.left === 0);
    await turn();
    const second = new Fake(1);
    courier.add(second);
    await until(() => second.left === 0);
    expect(second.calls[0]).toBe(1);
  });
});
