import { defineConfig } from 'vitest/config';

export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/**/*.test.ts'],
    // A worker thread starts faster than a process, and nothing here changes process-wide state.
    pool: 'threads',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // `npm run screenshots`: the end-to-end test leaves pictures for the README.
    env: mode === 'screenshots' ? { KEY31_SCREENSHOTS: 'extension/media' } : {},
  },
}));
