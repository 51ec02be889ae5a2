/** Builds the page. Its addresses are relative, so that it works under forwards and proxies. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'src/renderer',
  base: './',
  plugins: [react()],
  build: {
    outDir: '../../dist/renderer',
    emptyOutDir: true,
    // Browsers that know CSS's light-dark() themselves.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // The strict content security policy lets no inlined fonts or scripts in.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    modulePreload: { polyfill: false },
  },
});
