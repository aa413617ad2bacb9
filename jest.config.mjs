/** @type {import('jest').Config} */
export default {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{apps,packages}/*/src/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: {
          target: 'es2024',
          parser: { syntax: 'typescript', decorators: false },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Many test files wait for servers rather than compute: on two cores three workers finish first.
  maxWorkers: '75%',
  testTimeout: 30_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['<rootDir>/{apps,packages}/*/src/**/*.ts', '!**/*.test.ts'],
};
