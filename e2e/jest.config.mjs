import preset from '../tooling/jest-preset.mjs';

/** @type {import('jest').Config} */
export default { ...preset, testMatch: ['<rootDir>/*.test.ts'], setupFiles: ['<rootDir>/../tooling/jest-realm.mjs'] };
