import n from 'eslint-plugin-n';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const strict = [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked];

export default defineConfig(
  globalIgnores(['**/dist/', '**/.tsbuild/', '**/coverage/', 'docs/', 'examples/*/sample/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,mjs,cjs,ts}'],
    plugins: { n },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'n/prefer-node-protocol': 'error',
    },
  },
  {
    files: ['packages/*/{src,test}/**/*.ts', 'examples/*/test/**/*.ts', 'e2e/**/*.ts', 'tooling/*.ts'],
    extends: strict,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // isolatedDeclarations wants the annotation that this rule forbids
      '@typescript-eslint/no-inferrable-types': 'off',
      // a signal's reason passes through as it is, whatever it is
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true, allowRethrowing: true }],
      'n/no-unsupported-features/node-builtins': ['error', { version: '>=20.19.0' }],
      // overflows its stack on a type that holds itself, such as a tree of folders
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      'no-console': 'error',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    rules: {
      'max-params': ['error', 6],
      '@typescript-eslint/explicit-member-accessibility': 'off',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    ignores: ['packages/*/src/testing/**'], // which hold that streams go with Node's own
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:stream', 'node:stream/promises'].map((name) => ({
            name,
            importNames: ['pipeline'],
            message: 'It settles before the last stream has cleaned up. Take pump() of @core/io.',
          })),
        },
      ],
    },
  },
);
