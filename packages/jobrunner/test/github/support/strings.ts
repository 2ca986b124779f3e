import type { FakeFault, FakeFaultHandle } from '../../../src/testing/fake-github/faults.ts';
import type { FakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';

/** What a conformance suite pulls at: the server fails, hangs, and says that it was asked. */
export interface Strings extends AsyncDisposable {
  readonly setBroken: (isBroken: boolean) => Promise<void>;
  readonly hang: () => Promise<void>;
  readonly asked: () => Promise<void>;
}

export function stringsOf(github: FakeGitHub): Strings {
  const always = (fault: FakeFault): FakeFaultHandle => github.failNext(fault, { times: 10_000 });
  let [broken, hanging]: (FakeFaultHandle | undefined)[] = [];
  return {
    setBroken: async (isBroken) => {
      broken?.remove();
      broken = isBroken ? always({ kind: 'status', status: 500 }) : undefined;
      return Promise.resolve();
    },
    hang: async () => {
      hanging = always({ kind: 'hang' });
      return Promise.resolve();
    },
    asked: async () => hanging?.struck,
    [Symbol.asyncDispose]: () => github.close(),
  };
}
