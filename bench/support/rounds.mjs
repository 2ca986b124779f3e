const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Milliseconds that `work` takes. */
async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/**
 * Runs `ours` and every peer once a round, in turn and with the first one changing, so that what else the machine does
 * falls on all alike. A ratio is taken within each round; the median of the rounds is what is told. `before` each turn is
 * not timed.
 *
 * @param {{ question: string, want: string, rounds?: number, warmUp?: boolean, before?: () => unknown, ours: () => unknown, peers: Record<string, () => unknown> }} race
 */
export async function compare({ question, want, rounds = 15, warmUp = true, before, ours, peers }) {
  const contenders = Object.entries({ ours, ...peers });
  const turn = async (work) => {
    await before?.();
    return timed(work);
  };
  if (warmUp) for (const [, work] of contenders) await turn(work);
  const times = Object.fromEntries(contenders.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = [...contenders.slice(round % contenders.length), ...contenders.slice(0, round % contenders.length)];
    for (const [name, work] of order) times[name].push(await turn(work));
  }
  const results = Object.keys(peers).map((peer) => ({
    question,
    want,
    peer,
    ratio: median(times.ours.map((time, round) => time / times[peer][round])),
    oursMs: median(times.ours),
    peerMs: median(times[peer]),
  }));
  for (const { peer, ratio, oursMs, peerMs } of results) {
    const figures = `${oursMs.toFixed(1)} ms against ${peerMs.toFixed(1)} ms`;
    console.log(`${question}: ${ratio.toFixed(2)} × ${peer} (${figures}; wanted ${want})`);
  }
  return results;
}
