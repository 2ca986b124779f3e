// @ts-check
/** The events of a poller as metrics of OpenTelemetry: replace the reader by the exporter of your choice. */
import {
  InMemoryMetricExporter,
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

/** Counts what a poller tells: nothing in it is free text, so that every attribute has few values. */
export function startMetrics() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 });
  const provider = new MeterProvider({ readers: [reader] });
  const meter = provider.getMeter('pr-bot');
  const cycles = meter.createCounter('jobrunner.cycles');
  const signals = meter.createGauge('jobrunner.signals');
  const polls = meter.createHistogram('jobrunner.poll.duration', { unit: 'ms' });
  const failures = meter.createCounter('jobrunner.poll.failures');
  const actions = meter.createHistogram('jobrunner.action.duration', { unit: 'ms' });
  const deadLetters = meter.createCounter('jobrunner.dead_letters');

  return {
    /** @param {import('@core/jobrunner').JobrunnerEvent} event */
    listen(event) {
      switch (event.type) {
        case 'cycle-finished':
          return cycles.add(1);
        case 'source-polled':
          signals.record(event.signals, { source: event.source });
          return polls.record(event.durationMs, { source: event.source });
        case 'source-failed':
          return failures.add(1, { source: event.source, code: event.error.code });
        case 'action-finished': {
          const { handler, repo, success, dryRun, durationMs } = event;
          return actions.record(durationMs, { handler, repo, success, dryRun });
        }
        case 'action-dead-lettered':
          return deadLetters.add(1, { handler: event.handler, repo: event.repo });
      }
    },
    /** All that was counted, a line each. */
    async table() {
      await provider.forceFlush();
      const lines = (exporter.getMetrics().at(-1)?.scopeMetrics ?? []).flatMap(({ metrics }) =>
        metrics.flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => {
            const count = typeof value === 'number' ? value : /** @type {{ count: number }} */ (value).count;
            const of = Object.entries(attributes).map(([name, word]) => `${name}=${String(word)}`);
            return [descriptor.name, of.join(' '), count].filter((text) => text !== '').join(' ');
          }),
        ),
      );
      await provider.shutdown();
      return lines.sort().join('\n');
    },
  };
}
