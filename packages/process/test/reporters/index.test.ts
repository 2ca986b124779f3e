import * as reporters from '@core/process/reporters';
import { describe, expect, it } from '@jest/globals';

describe('Good', () => {
  it('the subpath exports the reporters and what draws a run', () => {
    expect(Object.keys(reporters).sort()).toEqual([
      ...['chromeTrace', 'element', 'escapeHtml', 'formatDuration', 'groupedReporter', 'htmlPage'],
      ...['jsonLinesReporter', 'prefixedReporter', 'reporterFor', 'timelinePage', 'treeReporter'],
    ]);
  });
});
