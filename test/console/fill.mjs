// One of everything that the console shows, made by REST as its owner. Names that
// people give are `text`: what holds for "web" has to hold for markup.
import crypto from 'node:crypto';
import { api, ok, url } from './browser.mjs';

async function must(method, where, json) {
  const reply = await api(method, where, json);
  if (reply.status >= 300)
    throw new Error(`${method} ${where} is answered ${reply.status}: ${JSON.stringify(reply.data)}`);
  return reply.data;
}

// The public half of a new key, as ssh-keygen writes it.
export function publicKey(comment) {
  const raw = crypto.generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const field = (bytes) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const blob = Buffer.concat([field(Buffer.from('ssh-ed25519')), field(raw)]).toString('base64');
  return `ssh-ed25519 ${blob} ${comment}`.trim();
}

// What a text may be differs from door to door. → was it taken?
async function given(what, method, where, json) {
  const reply = await api(method, where, json);
  return ok(reply.status < 500, `${what} is taken, or refused`, reply) && reply.status < 300 ? reply.data : null;
}

// With `text`, or where that is refused without it.
async function either(what, method, where, make, text) {
  return await given(what, method, where, make(text)) ?? must(method, where, make('web'));
}

const basic = (user, secret) => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

async function upload(auth, name, bytes) {
  const digest = `sha256:${crypto.createHash('sha256').update(bytes).digest('hex')}`;
  const reply = await fetch(`${url}/v2/${name}/blobs/uploads/?digest=${digest}`, {
    method: 'POST', headers: { Authorization: auth, 'Content-Type': 'application/octet-stream' }, body: bytes,
  });
  if (reply.status !== 201) throw new Error(`a blob is answered ${reply.status}: ${await reply.text()}`);
  return { digest, size: bytes.length };
}

// An image whose every free text is `text`.
async function image(auth, name, tag, text) {
  const layer = await upload(auth, name, crypto.randomBytes(70000));
  const config = await upload(auth, name, Buffer.from(JSON.stringify({
    created: '2024-02-29T12:00:00Z', architecture: 'amd64', os: 'linux', author: text,
    config: { Cmd: ['/bin/sh', text], Env: [`A=${text}`], Labels: { note: text } },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
    history: [{ created: '2024-02-29T12:00:00Z', created_by: text, comment: text }],
  })));
  const type = 'application/vnd.oci.image';
  const manifest = JSON.stringify({
    schemaVersion: 2, mediaType: `${type}.manifest.v1+json`, config: { mediaType: `${type}.config.v1+json`, ...config },
    layers: [{ mediaType: `${type}.layer.v1.tar`, ...layer }], annotations: { 'org.opencontainers.image.title': text },
  });
  const reply = await fetch(`${url}/v2/${name}/manifests/${tag}`, {
    method: 'PUT', headers: { Authorization: auth, 'Content-Type': `${type}.manifest.v1+json` }, body: manifest,
  });
  if (reply.status !== 201) throw new Error(`a manifest is answered ${reply.status}: ${await reply.text()}`);
}

// → the ids that addresses have, by name.
export async function fill({ apikey, text = 'web' }) {
  const me = await must('GET', '/latchkey/v1/whoami');
  const account = me.account;
  const place = `/latchkey/v1/projects/${account}/default`;
  await must('POST', `${place}/keypairs`, { name: 'web-key' });
  await must('POST', `${place}/servers`, { name: 'web-1', keypair: 'web-key' });

  await must('POST', '/2.0/repositories/nest/eggs', {});
  await given('a description', 'PUT', '/2.0/repositories/nest/eggs', { description: text });
  await given('a repository of that name', 'POST', '/2.0/repositories/nest/larks', { name: text, description: text });
  await must('POST', '/2.0/repositories/nest/eggs/deploy-keys', { key: publicKey('web-1'), label: 'web-1' });
  await given('an access key', 'POST', '/2.0/repositories/nest/eggs/deploy-keys',
    { key: publicKey(text), label: text });
  await must('POST', '/2.0/users/me/ssh-keys', { key: publicKey('owl'), label: 'owl' });
  await given('an SSH key', 'POST', '/2.0/users/me/ssh-keys', { key: publicKey(text), label: text });

  const user = await must('POST', '/latchkey/v1/users', { email: 'wren@nest.example', roles: [] });
  await given('a person', 'PATCH', `/latchkey/v1/users/${user.id}`, { name: text });
  const named = (name) => ({ account_id: account, name, description: name });
  const service = await either('a service ID', 'POST', '/v1/serviceids', named, text);
  const key = await either('its API key', 'POST', '/v1/apikeys',
    (name) => ({ ...named(name), iam_id: service.iam_id }), text);
  await either('an API key', 'POST', '/v1/apikeys', (name) => ({ ...named(name), iam_id: me.identity }), text);
  const group = await either('a group', 'POST', `/v2/groups?account_id=${account}`,
    (name) => ({ name, description: name }), text);
  await must('PUT', `/v2/groups/${group.id}/members`, { members: [{ iam_id: user.id, type: 'user' }] });
  await either('a policy', 'POST', '/v1/policies', (description) => ({
    type: 'access', description,
    subjects: [{ attributes: [{ name: 'iam_id', value: service.iam_id }] }],
    roles: [{ role_id: 'crn:v1:bluemix:public:iam::::serviceRole:Reader' }],
    resources: [{ attributes: [{ name: 'accountId', value: account },
      { name: 'serviceName', value: 'container-registry' },
      { name: 'resourceType', value: 'namespace' }, { name: 'resource', value: 'birds' }] }],
  }), text);
  await image(basic('iamapikey', apikey), 'birds/app', 'latest', text);
  // Refused, and in the trail by its words.
  for (const agent of [text.replace(/[^\x20-\x7e]/g, '?'), 'curl/8'])
    await fetch(`${url}/identity/token`, {
      method: 'POST', headers: { 'User-Agent': agent, Authorization: basic('bx', 'bx') },
      body: new URLSearchParams({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey }),
    });
  await fetch(`${url}/v2/birds/app/tags/list`,
    { headers: { Authorization: basic(encodeURIComponent(text), text), 'User-Agent': 'x' } });
  return { account, user: user.id, service: service.id, group: group.id, key: key.id };
}

// Addresses of every row of routes.js; what a row has in braces is one of these.
export async function addresses(made) {
  const { ROUTES } = await import('./routes.mjs');
  const things = {
    'compute/keypairs/{project}/{name}': 'compute/keypairs/default/web-key',
    'compute/servers/{project}/{name}': 'compute/servers/default/web-1',
    'repositories/{repo}': 'repositories/eggs',
    'repositories/{repo}/settings/access-keys': 'repositories/eggs/settings/access-keys',
    'registry/images/{name+}': 'registry/images/birds/app',
    'access/users/{id}': `access/users/${made.user}`,
    'access/service-ids/{id}': `access/service-ids/${made.service}`,
    'access/api-keys/{id}': `access/api-keys/${made.key}`,
    'access/groups/{id}': `access/groups/${made.group}`,
  };
  return ROUTES.map((pattern) => {
    const where = things[pattern] ?? pattern;
    if (where.includes('{'))
      throw new Error(`no thing is known for the address ${pattern}: add it to test/console/fill.mjs`);
    return where;
  });
}
