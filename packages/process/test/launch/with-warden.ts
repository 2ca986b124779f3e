import { jest } from '@jest/globals';

import { Service } from '../../src/service.ts';
import type { ServiceOptions } from '../../src/options.ts';

/** From here on every service of this test file starts its processes through the warden, unless it says otherwise. */
export function withWarden(): void {
  class WardenService extends Service {
    constructor(options: ServiceOptions = {}) {
      super({ launcher: 'warden', ...options });
    }
  }
  jest.unstable_mockModule('../../src/service.ts', () => ({ Service: WardenService }));
}
