// IBM's clients of its platform services, unchanged, against a latchkey server:
// tokens, service IDs and keys, policies, groups, users, and what all of that does
// to somebody at the registry's door. Prints TAP.
//   node platform-services.js URL API-KEY-FILE ACCOUNT FLOW...
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const { IamAuthenticator, IamTokenManager } = require('ibm-cloud-sdk-core');
const at = '@ibm-cloud/platform-services';
const Identity = require(`${at}/iam-identity/v1`);
const Policies = require(`${at}/iam-policy-management/v1`);
const Groups = require(`${at}/iam-access-groups/v2`);
const Users = require(`${at}/user-management/v1`);
const { ok, same, done, came } = require('./tap.js');

const [url, file, accountId, ...flows] = process.argv.slice(2);
const { apikey: ownersKey } = JSON.parse(fs.readFileSync(file, 'utf8'));
const SERVICE = 'crn:v1:bluemix:public:iam::::serviceRole:';

// What must succeed for the rest to make sense.
async function must(promise) {
  const got = await came(promise);
  if (got.error !== undefined) throw new Error(JSON.stringify(got));
  return got;
}

function clientsOf(apikey) {
  const conf = { serviceUrl: url,
    authenticator: new IamAuthenticator({ apikey, url }) };
  return { identity: new Identity(conf), policies: new Policies(conf),
    groups: new Groups(conf), users: new Users(conf) };
}
const owl = clientsOf(ownersKey);

function claims(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
}

// Can somebody log in with this value? Two doors have to agree.
async function logsIn(apikey) {
  const basic = Buffer.from(`iamapikey:${apikey}`).toString('base64');
  const door = await fetch(`${url}/v2/`,
    { headers: { Authorization: `Basic ${basic}` } });
  const got = await came(new IamTokenManager({ apikey, url }).requestToken());
  if ((door.status === 200) !== (got.status === 200)) {
    throw new Error(`/v2/ says ${door.status}, the token service ${got.status}`);
  }
  return door.status === 200;
}

// --- the registry, as any of its clients sees it -----------------------------

function registry(apikey, path, more = {}) {
  const basic = Buffer.from(`iamapikey:${apikey}`).toString('base64');
  return fetch(`${url}${path}`, { ...more,
    headers: { Authorization: `Basic ${basic}`, ...more.headers } });
}

async function pushes(apikey, repo) {
  const config = Buffer.from(JSON.stringify({ os: 'linux',
    architecture: 'amd64', author: crypto.randomUUID(),
    rootfs: { type: 'layers', diff_ids: [] } }));
  const digest = (b) =>
    `sha256:${crypto.createHash('sha256').update(b).digest('hex')}`;
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const first = await registry(apikey,
    `/v2/${repo}/blobs/uploads/?digest=${digest(config)}`, { method: 'POST',
      body: config, headers: { 'Content-Type': 'application/octet-stream' } });
  if (first.status !== 201) return first.status;
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: type,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digest(config), size: config.length }, layers: [] });
  return (await registry(apikey, `/v2/${repo}/manifests/latest`,
    { method: 'PUT', body: manifest, headers: { 'Content-Type': type } })).status;
}

async function pulls(apikey, repo) {
  return (await registry(apikey, `/v2/${repo}/manifests/latest`)).status;
}

// --- 01: tokens --------------------------------------------------------------

async function token() {
  const manager = new IamTokenManager({ apikey: ownersKey, url,
    clientId: 'bx', clientSecret: 'bx' });
  const { result } = await manager.requestToken();
  const told = claims(result.access_token);
  ok(result.expires_in === told.exp - told.iat, 'the life is what it says');
  ok(result.expiration === told.exp, 'and its end');
  same([result.token_type, result.scope], ['Bearer', 'ibm openid'], 'as IBM has it');
  const info = await (await fetch(`${url}/identity/userinfo`,
    { headers: { Authorization: `Bearer ${result.access_token}` } })).json();
  same([info.iam_id, info.account.bss], [told.iam_id, accountId],
    'userinfo tells whose it is');
  const form = (fields) => fetch(`${url}/identity/token`, { method: 'POST',
    body: new URLSearchParams(fields), headers: {
      Authorization: `Basic ${Buffer.from('bx:bx').toString('base64')}` } });
  const again = await (await form({ grant_type: 'refresh_token',
    refresh_token: result.refresh_token })).json();
  same(claims(again.access_token).iam_id, told.iam_id, 'it can be refreshed');
  const odd = await form({ grant_type: 'urn:ibm:params:oauth:grant-type:none' });
  ok(odd.status === 400 && /^BXNIM/.test((await odd.json()).errorCode),
    'a grant that is none is refused in IBM\'s words');
  const wrong = await came(new IamTokenManager({ apikey: 'x'.repeat(44), url })
    .requestToken());
  same([wrong.status, wrong.error.errorCode], [400, 'BXNIM0415E'],
    'and a key that is none');
}

// --- 02: service IDs and keys ------------------------------------------------

async function serviceIds() {
  const { identity } = owl;
  const made = await came(identity.createServiceId({ accountId, name: 'ci',
    description: 'build robot', apikey: { name: 'first' } }));
  const s = made.result;
  same([made.status, s.name, s.description, s.account_id, s.locked],
    [201, 'ci', 'build robot', accountId, false], 'a service ID is made');
  ok(/^ServiceId-[0-9a-f-]{36}$/.test(s.id) && s.iam_id === `iam-${s.id}` &&
    /^crn:v1:/.test(s.crn) && /^\d+-[0-9a-f]{32}$/.test(s.entity_tag),
  'named as IBM does', s);
  ok(await logsIn(s.apikey.apikey), 'the key made with it logs in');
  const got = await came(identity.getServiceId({ id: s.id }));
  same([got.status, got.etag, got.result.apikey], [200, s.entity_tag, undefined],
    'it is shown with its entity tag and without the key');
  const named = await came(identity.getServiceId({ id: 'ci' }));
  ok(named.status === 404 && /BXNIM0102E/.test(JSON.stringify(named.error)),
    'a name is not an id, as the CLI expects', named);
  const changed = await came(identity.updateServiceId({ id: s.id,
    ifMatch: s.entity_tag, name: 'ci-2', description: '' }));
  same([changed.status, changed.result.name], [200, 'ci-2'], 'it is renamed');
  same((await came(identity.updateServiceId({ id: s.id, ifMatch: s.entity_tag,
    name: 'ci-3' }))).status, 409, 'not by who saw it before');
  same((await came(identity.getServiceId({ id: s.id }))).result.name, 'ci-2',
    'which changed nothing');
  same((await came(identity.updateServiceId({ id: s.id, ifMatch: '*',
    name: 'ci' }))).status, 200, 'but by who does not care');
  await serviceIdLocked(s);
  const listed = await came(identity.listServiceIds({ accountId, name: 'ci' }));
  same(listed.result.serviceids.map((x) => x.id), [s.id], 'it is found by name');
  same((await came(identity.deleteServiceId({ id: s.id }))).status, 204,
    'it is deleted');
  same((await came(identity.getServiceId({ id: s.id }))).status, 404, 'is gone');
  ok(!await logsIn(s.apikey.apikey), 'and its key with it');
}

async function serviceIdLocked(s) {
  const { identity } = owl;
  ok([200, 204].includes((await came(identity.lockServiceId({ id: s.id })))
    .status), 'it is locked');
  ok((await came(identity.getServiceId({ id: s.id }))).result.locked, 'and says so');
  same((await came(identity.updateServiceId({ id: s.id, ifMatch: '*',
    name: 'no' }))).status, 409, 'then it is not changed');
  same((await came(identity.deleteServiceId({ id: s.id }))).status, 409,
    'not deleted');
  same((await came(identity.createApiKey({ name: 'no', iamId: s.iam_id }))).status,
    409, 'and gets no key');
  ok(await logsIn(s.apikey.apikey), 'while what it has goes on working');
  ok([200, 204].includes((await came(identity.unlockServiceId({ id: s.id })))
    .status), 'it is unlocked');
  same((await came(identity.getServiceId({ id: s.id }))).result.locked, false,
    'and says so');
}

async function keys() {
  const { identity } = owl;
  const s = (await must(identity.createServiceId({ accountId, name: 'keys' })))
    .result;
  const made = await came(identity.createApiKey({ name: 'k', iamId: s.iam_id,
    accountId, description: 'mine', actionWhenLeaked: 'disable' }));
  const k = made.result;
  same([made.status, k.name, k.iam_id, k.disabled, k.action_when_leaked],
    [201, 'k', s.iam_id, false, 'disable'], 'a key is made');
  const t = (await new IamTokenManager({ apikey: k.apikey, url }).requestToken())
    .result.access_token;
  same([claims(t).iam_id, claims(t).sub_type], [s.iam_id, 'ServiceId'],
    'its token is the service ID\'s');
  const details = await came(identity.getApiKeysDetails({ iamApiKey: k.apikey }));
  same([details.result.id, details.result.apikey], [k.id, ''],
    'details are of the value, without it');
  const got = await came(identity.getApiKey({ id: k.id }));
  same([got.status, got.etag, got.result.apikey], [200, k.entity_tag, ''],
    'it is shown with its entity tag');
  const changed = await came(identity.updateApiKey({ id: k.id,
    ifMatch: got.etag, name: 'k2', description: 'ours' }));
  same([changed.status, changed.result.name, changed.result.description],
    [200, 'k2', 'ours'], 'it is renamed');
  same((await came(identity.updateApiKey({ id: k.id, ifMatch: got.etag,
    name: 'k3' }))).status, 409, 'not by who saw it before');
  same((await came(identity.disableApiKey({ id: k.id }))).status, 204,
    'it is disabled');
  ok(!await logsIn(k.apikey), 'and logs nobody in');
  ok((await came(identity.getApiKey({ id: k.id }))).result.disabled, 'which it says');
  same((await registryByToken(t)), 401, 'nor does the token made from it');
  same((await came(identity.enableApiKey({ id: k.id }))).status, 204, 'enabled');
  ok(await logsIn(k.apikey), 'it logs in again');
  await keyLocked(k);
  await keyBorn(s);
  same((await came(identity.deleteApiKey({ id: k.id }))).status, 204, 'deleted');
  ok(!await logsIn(k.apikey), 'it logs nobody in');
  same((await came(identity.getApiKey({ id: k.id }))).status, 404, 'and is gone');
  await must(identity.deleteServiceId({ id: s.id }));
}

async function registryByToken(t) {
  const basic = Buffer.from(`iambearer:${t}`).toString('base64');
  return (await fetch(`${url}/v2/`,
    { headers: { Authorization: `Basic ${basic}` } })).status;
}

async function keyLocked(k) {
  const { identity } = owl;
  ok([200, 204].includes((await came(identity.lockApiKey({ id: k.id }))).status),
    'a key is locked');
  same((await came(identity.deleteApiKey({ id: k.id }))).status, 409,
    'then it is not deleted');
  same((await came(identity.updateApiKey({ id: k.id, ifMatch: '*', name: 'no' })))
    .status, 409, 'nor changed');
  ok(await logsIn(k.apikey), 'but works');
  ok([200, 204].includes((await came(identity.unlockApiKey({ id: k.id }))).status),
    'it is unlocked');
}

async function keyBorn(s) {
  const { identity } = owl;
  const off = (await must(identity.createApiKey({ name: 'off', iamId: s.iam_id,
    entityLock: 'true', entityDisable: 'true' }))).result;
  same([off.locked, off.disabled], [true, true], 'a key is born locked and disabled');
  ok(!await logsIn(off.apikey), 'and logs nobody in');
  await must(identity.unlockApiKey({ id: off.id }));
  const kept = await came(identity.createApiKey({ name: 'kept', iamId: s.iam_id,
    storeValue: true }));
  same(kept.status, 400, 'a value is not kept for later');
  const own = `Own-${crypto.randomBytes(30).toString('base64url')}`;
  const brought = await came(identity.createApiKey({ name: 'own',
    iamId: s.iam_id, apikey: own }));
  if (brought.status === 201) {
    ok(await logsIn(own), 'a value that was brought along logs in');
  } else {
    same(brought.status, 400, 'a value that was brought along is refused clearly',
      brought);
  }
  const ended = await came(identity.createApiKey({ name: 'past',
    iamId: s.iam_id, expiresAt: '2019-02-01T19:06+0000' }));
  same(ended.status, 400, 'none is made that has ended already');
}

// 45 keys of three service IDs, among whatever else the account has.
async function paging() {
  const { identity } = owl;
  const wanted = [];
  const makers = [];
  for (let i = 0; i < 3; i += 1) {
    const s = (await must(identity.createServiceId({ accountId,
      name: `many-${i}` }))).result;
    makers.push(s);
    for (let k = 0; k < 15; k += 1) {
      wanted.push((await must(identity.createApiKey({ name: `k${k}`,
        iamId: s.iam_id, accountId }))).result.id);
    }
  }
  const seen = [];
  const sizes = [];
  let pagetoken;
  do {
    const { result } = await must(identity.listApiKeys({ accountId,
      scope: 'account', type: 'serviceid', pagesize: 20, pagetoken }));
    sizes.push(result.apikeys.length);
    seen.push(...result.apikeys.map((k) => k.id));
    pagetoken = result.next &&
      new URL(result.next).searchParams.get('pagetoken');
  } while (pagetoken && sizes.length < 9);
  same([sizes.length >= 3, sizes[0], sizes[1]], [true, 20, 20],
    '45 keys are more than two pages');
  same(new Set(seen).size, seen.length, 'no key is there twice');
  ok(wanted.every((id) => seen.includes(id)), 'and each of them is there');
  const iamId = makers[0].iam_id;
  const sorted = (await must(identity.listApiKeys({ accountId, iamId,
    pagesize: 3, sort: 'name', order: 'desc' }))).result.apikeys;
  same(sorted.map((k) => k.name), ['k9', 'k8', 'k7'], 'they can be sorted');
  same((await came(identity.listApiKeys({ accountId, iamId,
    sort: 'description' }))).status, 400, 'not by everything');
  for (const s of makers) await must(identity.deleteServiceId({ id: s.id }));
}

// --- 03: policies ------------------------------------------------------------

function subject(iamId, name = 'iam_id') {
  return [{ attributes: [{ name, value: iamId }] }];
}

function resource(...pairs) {
  return [{ attributes: [{ name: 'accountId', value: accountId },
    ...pairs.map(([name, value]) => ({ name, value }))] }];
}
const inBirds = resource(['serviceName', 'container-registry'],
  ['resourceType', 'namespace'], ['resource', 'birds']);
const roles = (...names) => names.map((n) => ({ role_id: SERVICE + n }));

async function policiesV1() {
  const { identity, policies } = owl;
  const s = (await must(identity.createServiceId({ accountId, name: 'p' })))
    .result;
  const ask = { type: 'access', subjects: subject(s.iam_id),
    roles: roles('Reader'), resources: inBirds, description: 'to look' };
  const made = await came(policies.createPolicy(ask));
  const p = made.result;
  same([made.status, p.type, p.state, p.description],
    [201, 'access', 'active', 'to look'], 'a policy is made');
  same([p.subjects, p.resources], [ask.subjects, ask.resources],
    'about what was sent');
  same([p.roles[0].role_id, p.roles[0].display_name],
    [`${SERVICE}Reader`, 'Reader'], 'its role has its name');
  const twice = await came(policies.createPolicy(ask));
  ok(twice.status === 409 && JSON.stringify(twice.error).includes(p.id),
    'the same again is a conflict that says with what', twice);
  const got = await came(policies.getPolicy({ policyId: p.id }));
  ok(got.status === 200 && /^"?\d+-[0-9a-f]{32}"?$/.test(got.etag),
    'it is shown with its entity tag', got);
  const more = { ...ask, policyId: p.id, roles: roles('Reader', 'Writer') };
  const put = await came(policies.replacePolicy({ ...more, ifMatch: got.etag }));
  same([put.status, put.result && put.result.roles.length], [200, 2],
    'it is replaced');
  ok(put.etag !== got.etag, 'its tag is another');
  same((await came(policies.replacePolicy({ ...more, ifMatch: got.etag })))
    .status, 412, 'not by who saw it before');
  await policyEnds(p, s);
  await policiesPaged(s);
  await must(identity.deleteServiceId({ id: s.id }));
}

async function policyEnds(p, s) {
  const { policies } = owl;
  const listed = async (state) => (await must(policies.listPolicies({ accountId,
    iamId: s.iam_id, state }))).result.policies.map((x) => x.id);
  same(await listed('active'), [p.id], 'it is listed');
  same((await came(policies.deletePolicy({ policyId: p.id }))).status, 204,
    'it is deleted');
  same(await listed('active'), [], 'and not listed');
  same(await listed('deleted'), [p.id], 'but among the deleted');
  const gone = await came(policies.getPolicy({ policyId: p.id }));
  const back = await came(policies.updatePolicyState({ policyId: p.id,
    ifMatch: gone.etag, state: 'active' }));
  same([back.status, back.result && back.result.state], [200, 'active'],
    'it is put back');
  await must(policies.deletePolicy({ policyId: p.id }));
}

async function policiesPaged(s) {
  const { policies } = owl;
  const wanted = [];
  for (let i = 0; i < 7; i += 1) {
    wanted.push((await must(policies.createPolicy({ type: 'access',
      subjects: subject(s.iam_id), roles: roles('Reader'),
      resources: resource(['serviceName', 'container-registry'],
        ['resourceType', 'namespace'], ['resource', `n-${i}`]) }))).result.id);
  }
  const pager = new Policies.PoliciesPager(policies, { accountId,
    iamId: s.iam_id, limit: 3 });
  const sizes = [];
  const seen = [];
  while (pager.hasNext()) {
    const page = await pager.getNext();
    sizes.push(page.length);
    seen.push(...page.map((x) => x.id));
  }
  same(sizes, [3, 3, 1], 'the pager sees three pages');
  same(seen.sort(), wanted.sort(), 'with each policy once');
  for (const policyId of wanted) await must(policies.deletePolicy({ policyId }));
}

async function policiesV2() {
  const { identity, policies } = owl;
  const s = (await must(identity.createServiceId({ accountId, name: 'p2' })))
    .result;
  const ask = { type: 'access', description: 'office hours',
    control: { grant: { roles: roles('Reader') } },
    subject: { attributes: [{ key: 'iam_id', operator: 'stringEquals',
      value: s.iam_id }] },
    resource: { attributes: [
      { key: 'accountId', operator: 'stringEquals', value: accountId },
      { key: 'serviceName', operator: 'stringEquals',
        value: 'container-registry' },
      { key: 'resourceType', operator: 'stringEquals', value: 'namespace' },
      { key: 'resource', operator: 'stringMatchAnyOf',
        value: ['birds*', 'bees'] }] },
    pattern: 'time-based-conditions:weekly:all-day',
    rule: { key: '{{environment.attributes.day_of_week}}',
      operator: 'dayOfWeekAnyOf', value: ['1+00:00', '2+00:00'] } };
  const made = await came(policies.createV2Policy(ask));
  same(made.status, 201, 'a policy of the second kind is made');
  if (made.status !== 201) return console.log(`# ${JSON.stringify(made)}`);
  const p = made.result;
  same([p.subject, p.resource, p.pattern, p.rule],
    [ask.subject, ask.resource, ask.pattern, ask.rule], 'with its conditions');
  same((await came(policies.getV2Policy({ id: p.id }))).result.rule, ask.rule,
    'which are kept');
  const ids = async () => (await must(policies.listV2Policies({ accountId,
    iamId: s.iam_id }))).result.policies.map((x) => x.id);
  same(await ids(), [p.id], 'it is listed');
  same((await must(policies.listPolicies({ accountId, iamId: s.iam_id }))).result
    .policies.length, 0, 'where it can be said');
  const odd = await came(policies.createV2Policy({ ...ask, resource: {
    attributes: [...ask.resource.attributes,
      { key: 'colour', operator: 'stringEquals', value: 'blue' }] } }));
  same(odd.status, 400, 'an attribute that nobody knows is refused');
  same((await came(policies.deleteV2Policy({ id: p.id }))).status, 204,
    'it is deleted');
  same(await ids(), [], 'and gone from the list');
  await must(identity.deleteServiceId({ id: s.id }));
  return undefined;
}

async function theRoles() {
  const { policies } = owl;
  const list = (await must(policies.listRoles({ accountId,
    serviceName: 'container-registry' }))).result;
  same(list.service_roles.map((r) => r.display_name).sort(),
    ['Manager', 'Reader', 'Writer'], 'a service has its roles');
  same(list.system_roles.map((r) => r.display_name).sort(),
    ['Administrator', 'Editor', 'Operator', 'Viewer'], 'and the platform\'s');
  const reader = list.service_roles.find((r) => r.display_name === 'Reader');
  ok(reader.crn === `${SERVICE}Reader` &&
    reader.actions.includes('container-registry.image.pull'),
  'with what they hold', reader);
  const made = await came(policies.createRole({ accountId, name: 'Puller',
    displayName: 'Puller', serviceName: 'container-registry',
    actions: ['container-registry.image.pull'] }));
  same([made.status, made.result && made.result.actions],
    [201, ['container-registry.image.pull']], 'a role of one\'s own is made');
  const custom = (await must(policies.listRoles({ accountId,
    serviceName: 'container-registry' }))).result.custom_roles;
  same(custom.map((r) => r.id), [made.result.id], 'and listed');
  same((await came(policies.deleteRole({ roleId: made.result.id }))).status, 204,
    'and deleted');
}

// --- groups ------------------------------------------------------------------

async function groups() {
  const { identity, groups: g, policies } = owl;
  const s = (await must(identity.createServiceId({ accountId, name: 'g',
    apikey: { name: 'g' } }))).result;
  const key = s.apikey.apikey;
  const made = await came(g.createAccessGroup({ accountId, name: 'readers',
    description: 'who look' }));
  same([made.status, made.result.name], [201, 'readers'], 'a group is made');
  const id = made.result.id;
  const added = await came(g.addMembersToAccessGroup({ accessGroupId: id,
    members: [{ iam_id: s.iam_id, type: 'service' }] }));
  same([added.status, added.result.members[0].status_code], [207, 200],
    'somebody is put into it');
  same((await came(g.isMemberOfAccessGroup({ accessGroupId: id,
    iamId: s.iam_id }))).status, 204, 'and is in it');
  same(await pulls(key, 'birds/app'), 403, 'which gives nothing');
  await must(policies.createPolicy({ type: 'access',
    subjects: subject(id, 'access_group_id'), roles: roles('Reader'),
    resources: inBirds }));
  same(await pulls(key, 'birds/app'), 200, 'until the group is given something');
  same((await came(g.removeMemberFromAccessGroup({ accessGroupId: id,
    iamId: s.iam_id }))).status, 204, 'who is taken out');
  same(await pulls(key, 'birds/app'), 403, 'may no longer');
  same((await came(g.isMemberOfAccessGroup({ accessGroupId: id,
    iamId: s.iam_id }))).status, 404, 'and is not in it');
  same((await came(g.deleteAccessGroup({ accessGroupId: id, force: true })))
    .status, 204, 'the group is deleted');
  await must(identity.deleteServiceId({ id: s.id }));
}

// --- 05: what all of it does at the registry ---------------------------------

async function authz() {
  const { identity, policies } = owl;
  const s = (await must(identity.createServiceId({ accountId, name: 'robot',
    apikey: { name: 'robot' } }))).result;
  const key = s.apikey.apikey;
  same([await pulls(key, 'birds/app'), await pushes(key, 'birds/app')],
    [403, 403], 'without a policy nothing is pulled or pushed');
  const give = async (role) => (await must(policies.createPolicy({
    type: 'access', subjects: subject(s.iam_id), roles: roles(role),
    resources: inBirds }))).result.id;
  const read = await give('Reader');
  same([await pulls(key, 'birds/app'), await pushes(key, 'birds/app')],
    [200, 403], 'a Reader pulls');
  const write = await give('Writer');
  same([await pulls(key, 'birds/app'), await pushes(key, 'birds/app')],
    [200, 201], 'a Writer pushes, too');
  same([await pulls(key, 'bees/app'), await pushes(key, 'bees/app')],
    [403, 403], 'not into another namespace');
  const names = await (await registry(key, '/api/v1/namespaces')).json();
  same(names, ['birds'], 'which is not even listed');
  same((await registry(key, '/api/v1/namespaces/nest-of-ci',
    { method: 'PUT' })).status, 403, 'no namespace is made');
  await must(policies.deletePolicy({ policyId: write }));
  same([await pulls(key, 'birds/app'), await pushes(key, 'birds/app')],
    [200, 403], 'a policy that is deleted is felt by the next push');
  await must(policies.deletePolicy({ policyId: read }));
  same(await pulls(key, 'birds/app'), 403, 'and by the next pull');
  const robot = clientsOf(key);
  same((await came(robot.identity.createServiceId({ accountId, name: 'no' })))
    .status, 403, 'a robot makes no service ID');
  ok([403, 404].includes((await came(robot.policies.createPolicy({
    type: 'access', subjects: subject(s.iam_id), roles: roles('Manager'),
    resources: inBirds }))).status), 'and gives itself nothing');
  await must(identity.deleteServiceId({ id: s.id }));
  same(await pulls(key, 'birds/app'), 401, 'a deleted service ID is nobody');
}

// --- users and the account's rules -------------------------------------------

async function users() {
  const invited = await came(owl.users.inviteUsers({ accountId,
    users: [{ email: 'jay@nest.example', account_role: 'Member' }] }));
  same([invited.status, invited.result.resources[0].email],
    [202, 'jay@nest.example'], 'somebody is invited');
  const { code, id } = invited.result.resources[0];
  const all = (await must(owl.users.listUsers({ accountId }))).result;
  const jay = all.resources.find((u) => u.email === 'jay@nest.example');
  same([jay.iam_id, jay.state, jay.account_id], [id, 'PENDING', accountId],
    'is listed as not come yet');
  const accept = await fetch(`${url}/latchkey/v1/invitations/accept`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code, name: 'Jay Bird',
      password: 'a nest of twigs and mud' }) });
  ok(accept.ok, 'comes with the code', await accept.text());
  const got = await came(owl.users.getUserProfile({ accountId, iamId: id }));
  same([got.status, got.result.state, got.result.firstname],
    [200, 'ACTIVE', 'Jay'], 'and is there');
  const login = await fetch(`${url}/identity/token`, { method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from('bx:bx').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'password',
      username: 'jay@nest.example', password: 'a nest of twigs and mud' }) });
  const { access_token: t } = await login.json();
  same([login.status, await registryByToken(t)], [200, 200], 'and logs in');
  same((await came(owl.users.removeUser({ accountId, iamId: id }))).status, 204,
    'is removed');
  same([(await came(owl.users.getUserProfile({ accountId, iamId: id }))).status,
    await registryByToken(t)], [404, 401], 'and gone, with the token');
}

async function settings() {
  const { identity } = owl;
  const got = await came(identity.getAccountSettings({ accountId }));
  same([got.status, got.result.account_id], [200, accountId],
    'the account has its rules');
  const tag = got.etag || got.result.entity_tag;
  const put = await came(identity.updateAccountSettings({ accountId,
    ifMatch: tag, systemAccessTokenExpirationInSeconds: '900' }));
  same([put.status, put.result &&
    put.result.system_access_token_expiration_in_seconds], [200, '900'],
  'which are changed');
  const { result } = await new IamTokenManager({ apikey: ownersKey, url })
    .requestToken();
  same(result.expires_in, 900, 'and hold for the next token');
  same((await came(identity.updateAccountSettings({ accountId, ifMatch: tag,
    maxSessionsPerIdentity: '3' }))).status, 409, 'not by who saw them before');
  same((await came(identity.updateAccountSettings({ accountId, ifMatch: '*',
    systemAccessTokenExpirationInSeconds: '5' }))).status, 400,
  'and not to anything');
  await must(identity.updateAccountSettings({ accountId, ifMatch: '*',
    systemAccessTokenExpirationInSeconds: '3600' }));
}

const known = { token, serviceIds, keys, paging, policiesV1, policiesV2,
  theRoles, groups, authz, users, settings };

async function main() {
  for (const flow of flows.length > 0 ? flows : Object.keys(known)) {
    console.log(`# ${flow}`);
    try {
      await known[flow]();
    } catch (e) {
      ok(false, `${flow} goes through`);
      console.log(`# ${e.stack.replace(/\n/g, '\n# ')}`);
    }
  }
  done();
}

main();
