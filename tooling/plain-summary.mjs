/** A Jest reporter: names what was skipped and why, then a last line `N passed, N failed, N skipped`. */
export default class PlainSummary {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = results;
    const skipped = results.testResults
      .flatMap((file) => file.testResults)
      .filter((test) => test.status === 'pending')
      .map((test) => `  skipped: ${test.fullName}\n`);
    const failed = numFailedTests + numRuntimeErrorTestSuites;
    process.stdout.write(
      `\n${skipped.join('')}${numPassedTests} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped\n`,
    );
  }
}
