/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // resolve @core/* to the TypeScript sources: no build is needed to test
  testEnvironmentOptions: { customExportConditions: ['@core/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      },
    ],
  },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/(dist|\\.tsbuild|coverage)/'],
  setupFiles: ['<rootDir>/../../tooling/jest-realm.mjs'],
  testTimeout: 60_000, // the machines that run the tests are small and busy
  clearMocks: true,
  errorOnDeprecated: true,
};
