/** The service worker that opens the app's pages without a network. */

const WORKER = '/service-worker.js';

/** Keep the app's own files too. Pages of those who keep no case need none; `npm run dev` has none. */
export async function keepShell(): Promise<void> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers || !import.meta.env.PROD) return;
  await workers.register(WORKER);
}
