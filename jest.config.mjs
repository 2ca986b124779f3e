/** Every package in one run. */
/** @type {import('jest').Config} */
export default {
  projects: ['<rootDir>/packages/*'],
  reporters: ['default', '<rootDir>/tooling/plain-summary.mjs'],
  collectCoverageFrom: ['packages/*/src/**/*.ts'],
  coverageProvider: 'v8',
};
