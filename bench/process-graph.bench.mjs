import { MemoryMedium } from '@core/io';
import { Durations, Runner, Service } from '@core/process';
import { PGraph } from 'p-graph';

import { layeredGraph, lowerBound, makespan, makespanOfWaves } from './support/layered-graph.mjs';
import { compare } from './support/rounds.mjs';

const WORKERS = 4;
const GRAPHS = 200;

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A figure that is no race: as a multiple of what it is measured by. */
function told(question, { peer, want, ratio }) {
  console.log(`${question}: ${ratio.toFixed(3)} × ${peer} (wanted ${want})`);
  return { question, peer, want, ratio };
}

/** Microseconds that each of so many things takes in the quickest of ten rounds: what else the machine did then is least. */
async function quickest(count, work) {
  let least = Infinity;
  for (let round = 0; round < 10; round += 1) {
    const started = performance.now();
    await work();
    least = Math.min(least, performance.now() - started);
  }
  return (least * 1000) / count;
}

/** How near a run comes to the best that there could be, in simulated time. */
async function makespans(service) {
  const ratios = { known: [], unknown: [], waves: [] };
  for (let seed = 1; seed <= GRAPHS; seed += 1) {
    const tasks = layeredGraph(seed * 7919);
    const cache = new MemoryMedium();
    const durations = await Durations.load(cache);
    for (const { name, durationMs } of tasks) durations.remember(name, durationMs);
    await durations.save();
    const best = lowerBound(tasks, WORKERS);
    const known = await makespan(new Runner(service, { concurrency: WORKERS, cache }), tasks);
    const unknown = await makespan(new Runner(service, { concurrency: WORKERS }), tasks);
    ratios.known.push(known / best);
    ratios.unknown.push(unknown / best);
    ratios.waves.push(known / makespanOfWaves(tasks, WORKERS));
  }
  const [peer, graphs] = ['lower bound', `${GRAPHS} graphs of 100 tasks, 4 workers`];
  return [
    told(`${graphs}, durations known`, { peer, want: '≤ 1.02', ratio: mean(ratios.known) }),
    told(`${graphs}, none known`, { peer, want: '≤ 1.10', ratio: mean(ratios.unknown) }),
    told(`${graphs}, durations known`, { peer: 'waves', want: '≤ 0.7', ratio: mean(ratios.waves) }),
  ];
}

const SHAPES = {
  'independent tasks': (count) => Array.from({ length: count }, (_, at) => ({ name: `t${at}`, after: [] })),
  'a chain': (count) =>
    Array.from({ length: count }, (_, at) => ({ name: `t${at}`, after: at === 0 ? [] : [`t${at - 1}`] })),
  layers: (count) => layeredGraph(1, { layers: count / 100, width: 100 }).map(({ name, after }) => ({ name, after })),
};

/** What it costs to run a task that does nothing. */
async function overhead(service, shape) {
  const count = 10_000;
  const runner = new Runner(service, { concurrency: WORKERS });
  const work = () => undefined;
  const specsOf = (size) => SHAPES[shape](size).map((spec) => ({ ...spec, task: work }));
  const specs = specsOf(count);
  const nodes = new Map(specs.map(({ name }) => [name, { run: work }]));
  const edges = specs.flatMap(({ name, after }) => after.map((before) => [before, name]));
  const question = `${count} tasks that do nothing, ${shape}`;
  const results = await compare({
    question,
    want: '≤ 1',
    ours: () => runner.runAll(specs),
    peers: { 'p-graph': () => new PGraph(nodes, edges).run({ concurrency: WORKERS }) },
  });
  const perTask = await quickest(count, () => runner.runAll(specs));
  const rows = [...results, told(question, { peer: '10 µs a task', want: '≤ 1', ratio: perTask / 10 })];
  if (shape !== 'a chain') return rows;
  const tenth = specsOf(count / 10);
  const [linear] = await compare({
    question: 'a chain of 10,000 tasks',
    want: '≤ 1.5',
    ours: () => runner.runAll(specs),
    peers: {
      'ten chains of 1,000': async () => {
        for (let time = 0; time < 10; time += 1) await runner.runAll(tenth);
      },
    },
  });
  return [...rows, linear];
}

export async function run() {
  const service = new Service();
  try {
    const rows = await makespans(service);
    for (const shape of Object.keys(SHAPES)) rows.push(...(await overhead(service, shape)));
    return rows;
  } finally {
    await service.close();
  }
}
