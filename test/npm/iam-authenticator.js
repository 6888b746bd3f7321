// IBM's IamAuthenticator, unchanged, against a latchkey server. Prints TAP.
//   node iam-authenticator.js URL API-KEY-FILE
'use strict';
const fs = require('fs');
const crypto = require('crypto');
const { IamAuthenticator, IamTokenManager } = require('ibm-cloud-sdk-core');
const { ok, done } = require('./tap.js');

const [url, file] = process.argv.slice(2);
const { apikey } = JSON.parse(fs.readFileSync(file, 'utf8'));

function part(token, i) {
  return JSON.parse(Buffer.from(token.split('.')[i], 'base64url'));
}

async function tokenIsKeptAndSent() {
  const authenticator = new IamAuthenticator({ apikey, url });
  const first = {};
  const second = {};
  await authenticator.authenticate(first);
  await authenticator.authenticate(second);
  const token = first.headers.Authorization.replace(/^Bearer /, '');
  ok(token.split('.').length === 3, 'an access token is sent as a bearer');
  ok(first.headers.Authorization === second.headers.Authorization,
    'it is kept, not asked for again');
  return token;
}

async function claimsAreIBMs(token) {
  const claims = part(token, 1);
  ok(claims.iss === `${url}/identity`, 'iss is the token service');
  ok(Number.isInteger(claims.iat) && claims.exp - claims.iat === 3600,
    'it lives for an hour');
  ok(/^IBMid-/.test(claims.iam_id) && claims.id === claims.iam_id,
    'it names a user');
  ok(/^[0-9a-f]{32}$/.test(claims.account.bss), 'and the account');
}

async function signatureIsPublished(token) {
  const { keys } = await (await fetch(`${url}/identity/keys`)).json();
  const head = part(token, 0);
  const jwk = keys.find((k) => k.kid === head.kid);
  const [h, p, s] = token.split('.');
  ok(jwk !== undefined && jwk.alg === head.alg, 'its key is published');
  ok(crypto.verify('sha256', Buffer.from(`${h}.${p}`),
    { key: crypto.createPublicKey({ key: jwk, format: 'jwk' }),
      dsaEncoding: 'ieee-p1363' }, Buffer.from(s, 'base64url')),
  'and verifies the signature');
}

async function clientsGetARefreshToken() {
  const plain = new IamTokenManager({ apikey, url });
  const named = new IamTokenManager({
    apikey, url, clientId: 'bx', clientSecret: 'bx',
  });
  const a = (await plain.requestToken()).result;
  const b = (await named.requestToken()).result;
  ok(a.refresh_token === 'not_supported', 'no client, no refresh token');
  ok(b.refresh_token !== 'not_supported' && b.session_id !== undefined,
    'a named client gets a session with one');
  return b.refresh_token;
}

async function refreshWorks(refresh) {
  const answer = await fetch(`${url}/identity/token`, {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from('bx:bx').toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'refresh_token', refresh_token: refresh,
    }),
  });
  const body = await answer.json();
  ok(answer.status === 200 && body.access_token.split('.').length === 3,
    'it is good for another access token');
}

async function wrongKeyIsRefused() {
  const manager = new IamTokenManager({ apikey: 'x'.repeat(44), url });
  try {
    await manager.requestToken();
    ok(false, 'a wrong key is refused');
  } catch (e) {
    ok(e.status === 400, 'a wrong key is refused with 400');
    ok(/BXNIM0415E/.test(e.body || JSON.stringify(e.result)),
      "in IBM's words");
  }
}

async function discoveryIsTrue() {
  const answer = await fetch(
    `${url}/identity/.well-known/openid-configuration`);
  const d = await answer.json();
  ok(d.token_endpoint === `${url}/identity/token` &&
    d.jwks_uri === `${url}/identity/keys`, 'discovery says where things are');
}

async function main() {
  const token = await tokenIsKeptAndSent();
  await claimsAreIBMs(token);
  await signatureIsPublished(token);
  await refreshWorks(await clientsGetARefreshToken());
  await wrongKeyIsRefused();
  await discoveryIsTrue();
  done();
}

main();
