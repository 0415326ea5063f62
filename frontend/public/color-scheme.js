// Before the first paint: the chosen colour scheme, so that a dark page never flashes white.
// A file of its own, since the content security policy allows no inline scripts.
(function () {
  var chosen = null;
  try {
    chosen = window.localStorage.getItem('consilium-color-scheme');
  } catch {
    // Storage is refused: follow the system.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
