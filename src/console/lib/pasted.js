// What somebody pasted to be revoked: one thing a line, except for a public key, which a
// terminal may have wrapped over several.

import { join, read } from './sshkey.js';

const KEY = /^(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)/;
// What begins something else cannot go on with a key.
const NEXT = new RegExp(`^(?:lk_|eyJ|ApiKey-|C-|iam-|ServiceId-|IBMid-|SHA256:|MD5:|${
  '(?:[0-9a-f]{2}:){15}|[0-9a-f]{8}-[0-9a-f]{4}-'})`);
const DIGITS = /^[A-Za-z0-9+/=]+(?:\s|$)/;

export const MANY = 50;

// Whether a line goes on with the key before it. Once the key is whole only its comment
// can, and only where the line before was as wide as the first: there the terminal cut.
function goesOn(key, line) {
  if (KEY.test(line) || NEXT.test(line)) return false;
  if (read(join(key)).what !== 'key') return DIGITS.test(line);
  const lines = key.split('\n');
  return lines.length > 1 && Math.abs(lines.at(-1).length - lines[0].length) <= 1;
}

export function pieces(text) {
  const found = [];
  let open = false; // the last one is a key that may go on
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    const last = found.length - 1;
    if (line === '') open = false;
    else if (open && goesOn(found[last], line)) found[last] += `\n${line}`;
    else {
      found.push(line);
      open = KEY.test(line);
    }
  }
  return [...new Set(found.map((one) => (KEY.test(one) ? join(one) : one)))];
}
