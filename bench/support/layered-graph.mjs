/** The same numbers from 0 to 1 for the same seed, on every machine. */
function numbersFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Layers of tasks, each after one to three of the layer before, with lognormal durations. */
export function layeredGraph(seed, { layers = 10, width = 10 } = {}) {
  const random = numbersFrom(seed);
  return Array.from({ length: layers * width }, (_, task) => {
    const layer = Math.floor(task / width);
    const after = new Set();
    for (let count = layer === 0 ? 0 : 1 + Math.floor(random() * 3); count > 0; count -= 1) {
      after.add(`t${(layer - 1) * width + Math.floor(random() * width)}`);
    }
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return { name: `t${task}`, layer, after: [...after], durationMs: Math.exp(normal) * 1000 };
  });
}

/** No schedule is shorter: the longest path, and all work shared evenly. */
export function lowerBound(tasks, workers) {
  const ends = new Map();
  for (const { name, after, durationMs } of tasks) {
    ends.set(name, durationMs + Math.max(0, ...after.map((before) => ends.get(before))));
  }
  const work = tasks.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return Math.max(work / workers, ...ends.values());
}

/** All of a layer, and then all of the next, each by the first worker that is free. */
export function makespanOfWaves(tasks, workers) {
  let now = 0;
  for (const layer of new Set(tasks.map((task) => task.layer))) {
    const free = Array(workers).fill(now);
    for (const { durationMs } of tasks.filter((task) => task.layer === layer)) {
      free.sort((a, b) => a - b);
      free[0] += durationMs;
    }
    now = Math.max(...free);
  }
  return now;
}

/**
 * How long a runner takes for these tasks in a time of their own, which passes only while nothing else happens: the real
 * runner runs them, and each ends when all that could be started has been.
 */
export async function makespan(runner, tasks) {
  const running = [];
  let now = 0;
  const specs = tasks.map(({ name, after, durationMs }) => ({
    name,
    after,
    task: () => new Promise((end) => running.push({ endMs: now + durationMs, end })),
  }));
  let isOver = false;
  const run = runner.runAll(specs).finally(() => (isOver = true));
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    running.sort((a, b) => a.endMs - b.endMs);
    const next = running.shift();
    if (next === undefined) continue;
    now = next.endMs;
    next.end();
  }
  await run;
  return now;
}
