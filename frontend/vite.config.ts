import { fileURLToPath, URL } from 'node:url';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const BACKEND = process.env.CONSILIUM_BACKEND ?? 'http://127.0.0.1:8000';
const PROXIED = ['/api', '/_allauth', '/accounts', '/admin', '/static', '/healthz'];

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '~': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    proxy: {
      ...Object.fromEntries(PROXIED.map((path) => [path, { target: BACKEND }])),
      '/ws': { target: BACKEND, ws: true },
    },
  },
  build: {
    outDir: 'dist',
    // The content security policy allows scripts, fonts and images of our own origin only: nothing is inlined.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
  },
  test: {
    // Pure logic needs no page; a test that does says so in its first line.
    environment: 'node',
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
});
