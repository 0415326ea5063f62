/** Tells the service worker which files make up the build. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Plugin } from 'vite';

const WORKER = 'service-worker.js';
const PAGE = 'index.html';
const PLACEHOLDER = /(["'`])%SHELL%\1/;

export function shellManifest(): Plugin {
  let publicDir = '';
  return {
    name: 'consilium-shell-manifest',
    apply: 'build',
    enforce: 'post',
    configResolved: (config) => void (publicDir = config.publicDir),
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle[WORKER];
        const page = bundle[PAGE];
        if (worker?.type !== 'chunk' || page?.type !== 'asset') this.error(`The build lacks ${WORKER} or ${PAGE}.`);
        if (worker.imports.length > 0) this.error(`${WORKER} must stand alone, but imports ${worker.imports.join(', ')}.`);
        if (!PLACEHOLDER.test(worker.code)) this.error(`${WORKER} has no place for the list of files.`);
        const html = String(page.source);
        const entry = /<script type="module"[^>]* src="([^"]+)"/.exec(html)?.[1];
        if (!entry) this.error(`${PAGE} names no script.`);
        const unhashed = readdirSync(publicDir);
        const parts = Object.keys(bundle).filter((name) => name !== WORKER && name !== PAGE && !name.endsWith('.map'));
        const files = [...parts, ...unhashed].map((name) => `/${name}`).sort();
        const hash = createHash('sha256').update(worker.code).update(html).update(files.join('\n'));
        for (const name of unhashed) hash.update(readFileSync(join(publicDir, name)));
        const shell = JSON.stringify({ version: hash.digest('hex').slice(0, 16), files, entry });
        worker.code = worker.code.replace(PLACEHOLDER, () => JSON.stringify(shell));
      },
    },
  };
}
