import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { StopSignals } from '../../src/daemon/stop-signals.ts';

const heard: string[] = [];
let now = 1000;
let signals: StopSignals;
beforeEach(() => {
  heard.length = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  jest.spyOn(process, 'exit').mockImplementation((code): never => {
    throw new Error(`exit ${String(code)}`);
  });
  signals = new StopSignals(['SIGTERM', 'SIGINT'], (killSignal) => heard.push(killSignal));
});
afterEach(() => {
  signals.close();
  jest.restoreAllMocks();
});

describe('StopSignals', () => {
  describe('Good', () => {
    it('the first signal asks to stop', () => {
      process.emit('SIGTERM');
      expect(heard).toEqual(['SIGTERM']);
    });

    it('close() takes away every listener', () => {
      const before = process.listenerCount('SIGTERM') + process.listenerCount('SIGINT');
      signals.close();
      expect(process.listenerCount('SIGTERM') + process.listenerCount('SIGINT')).toBe(before - 2);
    });
  });

  describe('Ugly', () => {
    it('the same signal straight after the first is the one that a package manager passes on', () => {
      process.emit('SIGINT');
      now += 250;
      process.emit('SIGINT');
      expect(heard).toEqual(['SIGINT']);
    });

    it('the same signal later ends the program, as the shell says it', () => {
      process.emit('SIGINT');
      now += 251;
      expect(() => process.emit('SIGINT')).toThrow('exit 130');
      expect(heard).toEqual(['SIGINT']);
    });

    it('another signal ends the program at once', () => {
      process.emit('SIGINT');
      expect(() => process.emit('SIGTERM')).toThrow('exit 143');
    });
  });
});
