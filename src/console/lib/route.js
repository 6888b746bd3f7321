// Which page an address is of. Patterns are paths below /console/; {name} is one
// segment, {name+} one or more. The address is all there is of a page's state: going
// back, a second tab and a link to a colleague show the same.

const BASE = '/console/';

function compile(pattern) {
  const names = [];
  const source = pattern.replace(/\{(\w+)(\+?)\}/g, (_, name, many) => {
    names.push(name);
    return many ? '(.+)' : '([^/]+)';
  });
  return { names, test: new RegExp(`^${source}/?$`) };
}

// table: [[pattern, page]...]; run(page, params, query) shows one; page null: no such.
// open(): whether there is somebody to show pages to; else links lead as everywhere.
export function router(table, run, open) {
  const rows = table.map(([pattern, page]) => ({ ...compile(pattern), page }));

  function find(path) {
    for (const row of rows) {
      const found = row.test.exec(path);
      if (found)
        return [row.page, Object.fromEntries(row.names
          .map((name, i) => [name, found[i + 1].split('/').map(decodeURIComponent).join('/')]))];
    }
    return [null, {}];
  }

  function now() {
    const [page, params] = find(location.pathname.slice(BASE.length));
    return run(page, params, new URLSearchParams(location.search));
  }

  // path: below BASE, encoded; replace: it takes the present one's place.
  function go(path, { replace = false } = {}) {
    history[replace ? 'replaceState' : 'pushState'](null, '', BASE + path);
    return now();
  }

  addEventListener('popstate', now);
  document.addEventListener('click', (e) => {
    const link = e.target.closest?.('a[href]');
    if (!link || !open() || e.defaultPrevented) return;
    if (e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
    if (link.target || link.hasAttribute('download') || link.origin !== location.origin ||
      !link.pathname.startsWith(BASE)) return;
    if (link.pathname === location.pathname && link.search === location.search && link.hash) return;
    e.preventDefault();
    go(link.pathname.slice(BASE.length) + link.search);
  });
  return { now, go };
}

// to('registry', 'images', 'birds/app') → an address for href.
export function to(...segments) {
  return BASE + segments.map((s) => String(s).split('/').map(encodeURIComponent).join('/')).join('/');
}
