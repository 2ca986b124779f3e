import { writeSync } from 'node:fs';

/** A Jest reporter: names what was skipped and why, then a last line `N passed, N failed, N skipped`. */
export default class PlainSummary {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = results;
    const skipped = results.testResults
      .flatMap((file) => file.testResults)
      .filter((test) => test.status === 'pending')
      .map((test) => `  skipped: ${test.fullName}\n`);
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    const line = `${numPassedTests} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped`;
    // Jest's own summary comes after every reporter; this is the last line all the same
    process.once('exit', () => writeSync(1, `\n${skipped.join('')}${line}\n`));
  }
}
