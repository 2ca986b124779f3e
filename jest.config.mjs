import { availableParallelism } from 'node:os';

/** Every package in one run. */
/** @type {import('jest').Config} */
export default {
  projects: ['<rootDir>/packages/*', '<rootDir>/examples/*', '<rootDir>/e2e'],
  reporters: ['default', '<rootDir>/tooling/plain-summary.mjs'],
  collectCoverageFrom: ['packages/*/src/**/*.ts'],
  coverageProvider: 'v8',
  testTimeout: 60_000, // read from here where all packages are run, from the preset where one is
  maxWorkers: Math.ceil(availableParallelism() * 1.5), // the tests often wait for processes and disks
};
