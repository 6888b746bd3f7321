// The trail as a file: page after page of what a filter finds, as JSON Lines or CSV.

import { get } from './api.js';

export const EXPORT_MAX = 100000;
const PAGE = 1000;

const COLUMNS = ['at', 'outcome', 'verb', 'account', 'identity', 'cred', 'thing', 'addr', 'count', 'detail', 'node',
  'seq', 'hash'];

// A program that opens tables takes what begins so for a formula and runs it; and where
// lists are parted by ";" it parts a cell there, or at a tab or a line's end, whatever the
// quotes say. Nothing in the trail is a formula: an apostrophe says that it is text.
const asText = (text) => text.replace(/(^|[;\t\r\n][" ]*)(?=[=+\-@])/g, "$1'").replace(/^[\t\r]/, "'$&");

function cell(value) {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
  const plain = asText(text);
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

export const csvLine = (values) => `${values.map(cell).join(',')}\r\n`;

const FORMATS = {
  jsonl: { head: '', line: (event) => `${JSON.stringify(event)}\n`, type: 'application/x-ndjson' },
  // The mark at the beginning tells spreadsheets that it is UTF-8.
  csv: { head: `\ufeff${csvLine(COLUMNS)}`, line: (event) => csvLine(COLUMNS.map((name) => event[name])),
    type: 'text/csv' },
};

// → { text, type, n, cut }: cut when there is more than EXPORT_MAX. told(n) after
// every page.
export async function exported(format, filter, { signal, told }) {
  const { head, line, type } = FORMATS[format];
  const chunks = [head];
  let n = 0;
  let after;
  do {
    const limit = Math.min(PAGE, EXPORT_MAX - n);
    const { events, next } = await get('/latchkey/v1/audit', { query: { ...filter, after, limit }, signal });
    chunks.push(events.map(line).join(''));
    n += events.length;
    after = next;
    told(n);
  } while (after !== undefined && n < EXPORT_MAX);
  return { text: chunks.join(''), type, n, cut: after !== undefined };
}
