// The rules of names, in the server's own words, said while one types; and whether a
// name is taken, which only the server knows.

import { get } from '../../lib/api.js';
import { t } from '../../lib/words.js';

const QUIET_MS = 250;
const FEW = 20;

export const pairNameWords = (name) => (/^[A-Za-z0-9-]{3,20}$/.test(name) ? '' : t('compute.name_rule'));

export function serverNameWords(name) {
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(name)) return t('compute.server_name_rule');
  return /^[0-9A-Fa-f]{32}$/.test(name) ? t('compute.server_name_id') : '';
}

// A search begins right before the name: in a project of a million names it is
// found all the same.
async function has(path, kind, name, signal) {
  const query = { search: name, after: name.slice(0, -1), limit: FEW };
  const rows = (await get(path(kind), { query, signal }))[kind];
  return rows.some((row) => row.name.toLowerCase() === name.toLowerCase() && row.state !== 'dead');
}

// → { words(name), seen(name, say) }: words() is for a field's check; seen() asks once
// typing pauses, and says when the name turns out to be taken.
export function nameCheck(path, kind, rule, takenWords) {
  const taken = new Set();
  let timer, asking;
  const words = (name) => rule(name) || (taken.has(name.toLowerCase()) ? takenWords : '');
  async function ask(name, say) {
    asking = new AbortController();
    try {
      if (!(await has(path, kind, name, asking.signal))) return;
    } catch {
      return; // The server says so again when it is asked to make one.
    }
    taken.add(name.toLowerCase());
    say(name);
  }
  function seen(name, say) {
    clearTimeout(timer);
    asking?.abort();
    if (words(name) === '') timer = setTimeout(() => ask(name, say), QUIET_MS);
  }
  return { words, seen, take: (name) => taken.add(name.toLowerCase()) };
}
