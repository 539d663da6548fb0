import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // onnxruntime would write a log into the temp folder and try to reach its maker
    env: { ORT_DISABLE_TELEMETRY: '1' },
    maxWorkers: 2,
    coverage: { provider: 'v8', include: ['src/**', 'adapters/**'] },
  },
});
