import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  // As jest's own, but for crashes of Node.js.
  runner: '<rootDir>/packages/local-servers/src/testing/jest-runner.ts',
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
  // The other half is for the servers and apps that the tests start, and measure. Never one alone: much of a test is waiting for them.
  maxWorkers: Math.max(2, Math.floor(availableParallelism() / 2)),
  // Besides bounding what the module loader leaks, this makes jest use worker processes even for one file: a test that
  // crashes or leaves something open then fails alone, and takes neither the results of the others nor the end with it.
  workerIdleMemoryLimit: '1GB',
  testTimeout: 60_000,
  coverageProvider: 'v8',
  collectCoverageFrom: ['<rootDir>/{apps,packages}/*/src/**/*.ts', '!**/*.test.ts'],
};
