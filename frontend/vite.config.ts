import { fileURLToPath, URL } from 'node:url';

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

import { shellManifest } from './shellManifest.ts';

const BACKEND = process.env.CONSILIUM_BACKEND ?? 'http://127.0.0.1:8000';
const PROXIED = ['/api', '/_allauth', '/accounts', '/admin', '/static', '/healthz'];

export default defineConfig({
  plugins: [react(), shellManifest()],
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
    rollupOptions: {
      input: { index: 'index.html', 'service-worker': 'src/service-worker/worker.ts' },
      output: {
        // The worker's address stays: it lies at the root, whose pages it serves.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  test: {
    // Pure logic needs no page; a test that does says so in its first line.
    environment: 'node',
    include: ['src/**/*.test.{ts,tsx}'],
    restoreMocks: true,
  },
});
