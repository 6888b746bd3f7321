// Calls of the server's public APIs, the same that any client makes. The browser
// brings its session's cookie; the field below, which no page of another site can
// send, says that it was this page that asked.

export const FIELD = 'Latchkey-Console';

// What a server said no with. words: its own sentence, for people; fields: what it
// said of single fields of a form, by name.
export class ApiError extends Error {
  constructor(status, said) {
    super(said.words);
    this.name = 'ApiError';
    this.status = status; // 0: nobody answered
    this.words = said.words;
    this.code = said.code ?? '';
    this.fields = said.fields ?? {};
    this.wait = said.wait ?? 0; // seconds, of "not now"
    this.data = said.data ?? null;
  }
}

// Each door has its protocol's own way to say no.
function said(status, data, headers) {
  const error = data?.error ?? data?.errors?.[0] ?? data ?? {};
  const first = Array.isArray(data?.errors) ? data.errors[0] : null;
  const words = (typeof error === 'string' ? error : null) ?? first?.message ?? error.message ?? error.detail ??
    data?.errorMessage ?? data?.message ?? `${status}`;
  const code = first?.code ?? error.code ?? data?.code ?? data?.errorCode ?? '';
  const fields = {};
  for (const [name, texts] of Object.entries(error?.fields ?? {})) fields[name] = [texts].flat().join(' ');
  return { words: String(words), code: String(code), fields, wait: Number(headers.get('Retry-After') ?? 0), data };
}

const listeners = new Set();

// Called when a session turns out to have ended: onSignedOut(run) → stop().
export function onSignedOut(run) {
  listeners.add(run);
  return () => listeners.delete(run);
}

async function parse(response) {
  const type = response.headers.get('Content-Type') ?? '';
  if (response.status === 204 || response.status === 205) return null;
  if (!/\bjson\b/.test(type)) return response.text();
  const text = await response.text();
  return text === '' ? null : JSON.parse(text);
}

// A path is what it says. A name of "..", out of an address that somebody made for
// others to open, would otherwise make it another call than the page means.
const ASTRAY = /^(?!\/)|^\/\/|[\\\t\r\n]|(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i;

function address(path, query) {
  if (ASTRAY.test(path.split(/[?#]/)[0])) throw new ApiError(404, { words: '' });
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== null && value !== '') url.searchParams.set(name, value);
  return url;
}

// call('POST', '/v1/apikeys', { json: {...} }) → { status, data, headers }. Throws
// ApiError; an AbortError when signal ended it. query: an object, whose empty
// members are left out; form: a form instead of JSON.
export async function call(method, path, { json, form, query, headers = {}, signal, quiet = false } = {}) {
  const url = address(path, query);
  const fields = new Headers({ Accept: 'application/json', ...headers, [FIELD]: '1' });
  let body;
  if (json !== undefined) {
    body = JSON.stringify(json);
    fields.set('Content-Type', 'application/json');
  } else if (form !== undefined) {
    body = new URLSearchParams(form);
  }
  let response;
  try {
    response = await fetch(url, {
      method, body, headers: fields, signal, credentials: 'same-origin', redirect: 'error', cache: 'no-store',
    });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new ApiError(0, { words: '' });
  }
  const data = await parse(response);
  if (response.ok) return { status: response.status, data, headers: response.headers };
  const error = new ApiError(response.status, said(response.status, data, response.headers));
  if (response.status === 401 && !quiet) for (const run of listeners) run(error);
  throw error;
}

const body = async (promise) => (await promise).data;

export const get = (path, options) => body(call('GET', path, options));
export const post = (path, json, options) => body(call('POST', path, { json, ...options }));
export const put = (path, json, options) => body(call('PUT', path, { json, ...options }));
export const patch = (path, json, options) => body(call('PATCH', path, { json, ...options }));
export const del = (path, options) => body(call('DELETE', path, options));

// One segment of a path.
export const part = encodeURIComponent;
