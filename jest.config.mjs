/** Every package in one run. */
/** @type {import('jest').Config} */
export default {
  projects: ['<rootDir>/packages/*', '<rootDir>/examples/*', '<rootDir>/e2e'],
  reporters: ['default', '<rootDir>/tooling/plain-summary.mjs'],
  collectCoverageFrom: ['packages/*/src/**/*.ts'],
  coverageProvider: 'v8',
  maxWorkers: '100%', // the tests mostly wait for processes and disks
};
