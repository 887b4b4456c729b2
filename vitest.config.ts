import { configDefaults, defineConfig } from 'vitest/config';

const endToEnd = 'test/e2e/**/*.test.ts';

export default defineConfig(({ mode }) => ({
  test: {
    // A worker thread starts faster than a process, and nothing here changes process-wide state.
    pool: 'threads',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // `npm run screenshots`: the end-to-end test leaves pictures for the README.
    env: mode === 'screenshots' ? { KEY31_SCREENSHOTS: 'extension/media' } : {},
    projects: [
      {
        extends: true,
        test: {
          name: 'code',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, endToEnd],
          sequence: { groupOrder: 0 },
        },
      },
      // Each of these drives a whole VS Code: one after another, when all else is done.
      {
        extends: true,
        test: { name: 'end to end', include: [endToEnd], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
}));
