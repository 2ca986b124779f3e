import { afterEach, describe, expect, it } from '@jest/globals';

import { LiveScreen } from '../../../src/reporters/tree/live-screen.ts';
import { TextTarget } from '../support/synthetic-run.ts';

const ESC = '\u001b';
const before = ['exit', 'SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => [name, process.listenerCount(name)] as const);

describe('Good', () => {
  it('LiveScreen writes each frame in one write over the last, and gives the cursor back at the end', () => {
    const to = new TextTarget();
    const screen = new LiveScreen(to);
    screen.draw(['one', 'two'], 80);
    screen.draw(['three'], 80);
    screen.finish(['end'], 80);
    expect(to.writes).toEqual([
      `${ESC}[?2026h${ESC}[?25l${ESC}[?7l\rone${ESC}[K\ntwo${ESC}[K\n${ESC}[J${ESC}[?7h${ESC}[?2026l`,
      `${ESC}[?2026h${ESC}[?7l\r${ESC}[2Athree${ESC}[K\n${ESC}[J${ESC}[?7h${ESC}[?2026l`,
      `${ESC}[?2026h\r${ESC}[1A${ESC}[?7hend${ESC}[K\n${ESC}[J${ESC}[?25h${ESC}[?2026l`,
    ]);
  });

  it('LiveScreen writes nothing where nothing changed', () => {
    const to = new TextTarget();
    const screen = new LiveScreen(to);
    for (let index = 0; index < 5; index += 1) screen.draw(['same'], 80);
    expect(to.writes).toHaveLength(1);
    screen.finish([], 80);
  });

  it('LiveScreen does not clear the last column, on which the cursor still stands', () => {
    const to = new TextTarget();
    const screen = new LiveScreen(to);
    screen.draw(['12345', '世界x'], 5);
    screen.finish([], 5);
    expect(to.writes[0]).toContain(`12345\n世界x\n${ESC}[J`);
  });

  it('LiveScreen finds its first line in a terminal that became narrower', () => {
    const to = new TextTarget();
    const screen = new LiveScreen(to);
    screen.draw([`${ESC}[1m${'x'.repeat(50)}${ESC}[22m`, '', 'y'], 60);
    screen.draw(['z'], 20);
    screen.finish([], 20);
    expect(to.writes[1]).toContain(`\r${ESC}[5A`); // 3 + 1 + 1
  });
});

describe('Bad', () => {
  it('LiveScreen leaves no listener behind, however often it is used', () => {
    const screen = new LiveScreen(new TextTarget());
    for (let index = 0; index < 20; index += 1) {
      screen.draw([String(index)], 80);
      screen.finish([], 80);
    }
    for (const [name, count] of before) expect([name, process.listenerCount(name)]).toEqual([name, count]);
  });
});

describe('Ugly', () => {
  const listener = (): void => undefined;
  afterEach(() => {
    process.off('SIGHUP', listener);
  });

  it('LiveScreen leaves a signal to those who listen to it, and hides the cursor again where the program lives on', () => {
    process.once('SIGHUP', listener);
    const to = new TextTarget();
    const screens = [new LiveScreen(to), new LiveScreen(new TextTarget())];
    for (const screen of screens) screen.draw(['x'], 80);
    process.emit('SIGHUP', 'SIGHUP'); // nobody else listening, this would end the tests
    expect(to.writes[1]).toBe(`${ESC}[?7h${ESC}[?25h`);
    expect(process.listenerCount('SIGHUP')).toBe(0);
    for (const screen of screens) screen.draw(['y'], 80);
    expect(to.writes[2]).toContain(`${ESC}[?25l`);
    for (const screen of screens) screen.finish([], 80);
    for (const [name, count] of before) expect([name, process.listenerCount(name)]).toEqual([name, count]);
  });
});
