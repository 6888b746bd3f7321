// What the checks here share: TAP, and what a call came to.
'use strict';
let count = 0;
let failed = 0;

function ok(held, name, seen) {
  count += 1;
  failed += held ? 0 : 1;
  console.log(`${held ? 'ok' : 'not ok'} ${count} - ${name}`);
  if (!held && seen !== undefined) console.log(`# ${JSON.stringify(seen)}`);
}

function same(seen, wanted, name) {
  ok(JSON.stringify(seen) === JSON.stringify(wanted), name, seen);
}

// How many there were; the exit status says whether all of them held.
function done() {
  console.log(`1..${count}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

// A call of IBM's clients: its status, and its result or the error's body. What
// never reached the server is thrown on.
async function came(promise) {
  try {
    const { status, result, headers } = await promise;
    const get = (n) => (headers.get ? headers.get(n) : headers[n]);
    return { status, result, etag: get('etag') };
  } catch (e) {
    const body = typeof e.body === 'string' ? e.body : JSON.stringify(e.body);
    if (e.status === undefined) throw e;
    return { status: e.status, error: JSON.parse(body || '{}') };
  }
}

module.exports = { ok, same, done, came };
