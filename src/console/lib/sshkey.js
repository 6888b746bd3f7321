// Public keys of SSH, as far as a person has to be told about them before anything
// is sent: what a paste is, and which key it holds. The server judges; it never
// joins lines, and a private key must not even get there.

// Without blanks and line ends, which a terminal may have put anywhere.
const PRIVATE = /PRIVATEKEY(?:BLOCK)?-----|SSH2ENCRYPTEDPRIVATEKEY|Private-Lines:|b3BlbnNzaC1rZXktdjE/;
const OTHER = /-----BEGIN |---- BEGIN |^PuTTY-User-Key-File-/;
const MAX = 16 * 1024;

// strings: how many the blob has, each with its length before it, so that its end is
// known; bits: of what is always the same.
const TYPES = new Map([
  ['ssh-ed25519', { strings: 2, name: 'Ed25519', bits: 256 }],
  ['ssh-rsa', { strings: 3, name: 'RSA' }],
  ['ecdsa-sha2-nistp256', { strings: 3, name: 'ECDSA', bits: 256 }],
  ['ecdsa-sha2-nistp384', { strings: 3, name: 'ECDSA', bits: 384 }],
  ['ecdsa-sha2-nistp521', { strings: 3, name: 'ECDSA', bits: 521 }],
  ['sk-ssh-ed25519@openssh.com', { strings: 3, name: 'Ed25519-SK', bits: 256 }],
  ['sk-ecdsa-sha2-nistp256@openssh.com', { strings: 4, name: 'ECDSA-SK', bits: 256 }],
]);

// 'ssh-ed25519' → 'Ed25519'; what is not known stays as it is.
export const typeName = (type) => TYPES.get(type)?.name ?? type;

function bytesOf(digits) {
  try {
    return Uint8Array.from(atob(digits), (c) => c.charCodeAt(0));
  } catch {
    return null;
  }
}

// The strings of a blob; null while it has fewer, or more than they say.
function stringsOf(blob, count) {
  const view = new DataView(blob.buffer);
  const found = [];
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    if (at + 4 > blob.length) return null;
    const n = view.getUint32(at);
    if (at + 4 + n > blob.length) return null;
    found.push(blob.subarray(at + 4, at + 4 + n));
    at += 4 + n;
  }
  return at === blob.length ? found : null;
}

// How many digits of base64 the blob takes, by what its first ones say; 0: not yet.
function digitsNeeded(digits, count) {
  const blob = bytesOf(digits.slice(0, digits.length - (digits.length % 4)));
  if (!blob) return 0;
  const view = new DataView(blob.buffer);
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    if (at + 4 > blob.length) return 0;
    at += 4 + view.getUint32(at);
    if (at > MAX) return 0;
  }
  return Math.ceil(at / 3) * 4;
}

// Without its armour: a sequence that begins with a small version number, as private
// keys do and public ones do not.
function isBarePrivate(text) {
  const der = /^[A-Za-z0-9+/]{12}/.test(text) ? bytesOf(text.slice(0, 12)) : null;
  if (!der || der[0] !== 0x30) return false;
  const i = 2 + (der[1] & 0x80 ? der[1] & 3 : 0);
  return der[i] === 2 && der[i + 1] === 1 && der[i + 2] <= 1;
}

// Any part of a private key, however it was written.
export function isPrivate(text) {
  const bare = text.replace(/\s+/g, '');
  return PRIVATE.test(bare) || isBarePrivate(bare);
}

const beginsKey = (line) => line.split(/\s+/).some((word) => TYPES.has(word));

// A paste that was wrapped into several lines, as one line. What is no such paste
// comes back as it was.
export function join(paste) {
  const words = [...paste.matchAll(/\S+/g)];
  const type = TYPES.get(words[0]?.[0]);
  if (!type || paste.length > MAX) return paste;
  let digits = '', need = 0, i = 1;
  while (need === 0 || digits.length < need) {
    if (i >= words.length || !/^[A-Za-z0-9+/=]+$/.test(words[i][0])) return paste;
    digits += words[i][0];
    need ||= digitsNeeded(digits, type.strings);
    i += 1;
  }
  if (digits.length !== need) return paste;
  const after = words[i - 1].index + words[i - 1][0].length;
  const lines = paste.slice(after).split(/\r\n|\r|\n/);
  if (lines.some(beginsKey)) return paste;
  const comment = lines.join('').trim();
  return `${words[0][0]} ${digits}${comment && ` ${comment}`}`;
}

function rsaBits(n) {
  let i = 0;
  while (i < n.length && n[i] === 0) i += 1;
  return i === n.length ? 0 : (n.length - i) * 8 - Math.clz32(n[i]) + 24;
}

// What a text is: { what: 'key', type, name, bits, blob, comment }, or what: 'empty',
// 'private', 'long', 'other' (another way to write keys), 'several', 'options', 'type',
// 'certificate', 'damaged'.
export function read(text) {
  const line = text.trim();
  if (line === '') return { what: 'empty' };
  if (isPrivate(line)) return { what: 'private' };
  if (line.length > MAX) return { what: 'long' };
  if (OTHER.test(line)) return { what: 'other' };
  if (/[\r\n]/.test(line)) return { what: line.split(/[\r\n]+/).filter(beginsKey).length > 1 ? 'several' : 'damaged' };
  const [type, digits = '', ...comment] = line.split(/[ \t]+/);
  if (/-cert-v01@openssh\.com$/.test(type)) return { what: 'certificate' };
  if (!TYPES.has(type)) return { what: beginsKey(digits + ' ' + comment.join(' ')) ? 'options' : 'type' };
  const { strings, name, bits } = TYPES.get(type);
  const blob = bytesOf(digits);
  const found = blob && stringsOf(blob, strings);
  if (!found || new TextDecoder().decode(found[0]) !== type) return { what: 'damaged' };
  return { what: 'key', type, name, bits: bits ?? rsaBits(found[2]), blob, comment: comment.join(' ') };
}

// 'SHA256:...', as ssh-keygen -l prints it; null where the browser keeps its digests
// from pages that came over plain http.
export async function fingerprint(blob) {
  if (!globalThis.crypto?.subtle) return null;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', blob));
  return `SHA256:${btoa(String.fromCharCode(...digest)).replace(/=+$/, '')}`;
}
