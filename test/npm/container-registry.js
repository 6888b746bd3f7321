// IBM's client of its registry, unchanged, against a latchkey server: every
// operation it has, with what they answer and what they change. Prints TAP.
//   node container-registry.js URL API-KEY-FILE
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const { IamAuthenticator } = require('ibm-cloud-sdk-core');
const Registry =
  require('@ibm-cloud/ibm-container-registry/dist/container-registry/v1');
const { ok, same, done, came } = require('./tap.js');

const [url, file] = process.argv.slice(2);
const { apikey } = JSON.parse(fs.readFileSync(file, 'utf8'));
const host = new URL(url).host;
const basic = `Basic ${Buffer.from(`iamapikey:${apikey}`).toString('base64')}`;
const OCI = 'application/vnd.oci.image';
const MIB = 1048576;

// --- pushing, as any client of the registry does -----------------------------

function digestOf(bytes) {
  return `sha256:${crypto.createHash('sha256').update(bytes).digest('hex')}`;
}

async function put(path, type, bytes, method = 'PUT') {
  const answer = await fetch(`${url}/v2/${path}`, { method, body: bytes,
    headers: { Authorization: basic, 'Content-Type': type } });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
}

async function blob(repo, type, bytes) {
  const digest = digestOf(bytes);
  await put(`${repo}/blobs/uploads/?digest=${digest}`,
    'application/octet-stream', bytes, 'POST');
  return { mediaType: type, digest, size: bytes.length };
}

// An image that was built then, and holds these bytes.
async function push(repo, tag, created, layer, labels = {}) {
  const config = Buffer.from(JSON.stringify({ created, os: 'linux',
    architecture: 'amd64', author: 'wren', config: { Cmd: ['sing'],
      Labels: labels }, rootfs: { type: 'layers',
      diff_ids: [digestOf(layer)] } }));
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: await blob(repo, `${OCI}.config.v1+json`, config),
    layers: [await blob(repo, `${OCI}.layer.v1.tar`, layer)] }));
  await put(`${repo}/manifests/${tag}`, `${OCI}.manifest.v1+json`, manifest);
  return { digest: digestOf(manifest), size: manifest.length, manifest,
    config: digestOf(config), bytes: config.length + layer.length };
}

async function pushIndex(repo, tag, entries) {
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2,
    mediaType: `${OCI}.index.v1+json`,
    manifests: entries.map(({ digest, size }) => ({ digest, size,
      mediaType: `${OCI}.manifest.v1+json` })) }));
  await put(`${repo}/manifests/${tag}`, `${OCI}.index.v1+json`, index);
  return { digest: digestOf(index), manifest: index };
}

async function head(path) {
  const answer = await fetch(`${url}/v2/${path}`, { method: 'HEAD',
    headers: { Authorization: basic, Accept: '*/*' } });
  return answer.status;
}

// --- the operations ----------------------------------------------------------

async function namespaces(cr, account) {
  ok((await came(cr.createNamespace({ name: 'birds' }))).status === 201,
    'createNamespace makes one');
  const again = await came(cr.createNamespace({ name: 'birds' }));
  ok(again.status === 200 && again.result.namespace === 'birds',
    'and says when it is there already', again);
  const bad = await came(cr.createNamespace({ name: 'Birds' }));
  ok(bad.status === 400 && /^CRN\d{4}E$/.test(bad.error.code) &&
    typeof bad.error['request-id'] === 'string', 'not by a bad name', bad);
  same((await came(cr.listNamespaces())).result, ['birds'], 'listNamespaces');
  const [row] = (await came(cr.listNamespaceDetails())).result;
  ok(row.name === 'birds' && row.account === account &&
    !Number.isNaN(Date.parse(row.created_date)) &&
    row.crn.endsWith(`:a/${account}::namespace:birds`),
  'listNamespaceDetails', row);
  const assigned = await came(cr.assignNamespace({ name: 'birds',
    xAuthResourceGroup: row.resource_group }));
  ok(assigned.status === 200 && assigned.result.namespace === 'birds',
    'assignNamespace to the one group there is', assigned);
  const other = await came(cr.assignNamespace({ name: 'birds',
    xAuthResourceGroup: 'ffffffffffffffffffffffffffffffff' }));
  ok(other.status === 404 && /^CRN/.test(other.error.code),
    'and to no other', other);
}

async function fixedTruth(cr) {
  same((await came(cr.getAuth())).result,
    { iam_authz: true, private_only: false }, 'getAuth');
  ok((await came(cr.updateAuth({ iamAuthz: true }))).status === 204,
    'updateAuth to what is so');
  ok((await came(cr.updateAuth({ privateOnly: true }))).status === 400,
    'updateAuth to what cannot be');
  same((await came(cr.getPlans())).result, { plan: 'Standard' }, 'getPlans');
  ok((await came(cr.updatePlans({ plan: 'Standard' }))).status === 200,
    'updatePlans to the plan there is');
  ok((await came(cr.updatePlans({ plan: 'Free' }))).status === 400,
    'and to no other');
  same((await came(cr.getSettings())).result, { platform_metrics: false },
    'getSettings');
  ok((await came(cr.updateSettings({ platformMetrics: false }))).status === 204,
    'updateSettings');
  same((await came(cr.getMessages())).result, '', 'getMessages');
}

async function lists(cr) {
  const layer = Buffer.from('robin sings');
  const robin = await push('birds/robin', '1', '2024-02-29T12:00:00Z', layer,
    { song: 'clear' });
  const ref = `${host}/birds/robin`;
  const tagged = await came(cr.tagImage({ fromimage: `${ref}:1`,
    toimage: `${host}/birds/copy:red` }));
  ok(tagged.status === 201, 'tagImage into another repository', tagged);
  ok(await head('birds/copy/manifests/red') === 200, 'which has it then');
  const none = await came(cr.tagImage({ fromimage: `${ref}:none`,
    toimage: `${ref}:2` }));
  ok(none.status === 404 && none.error.code === 'CRI0601E',
    'tagImage of nothing', none);
  const images = (await came(cr.listImages({ repository: ref }))).result;
  ok(images.length === 1 && images[0].Id === robin.config, 'listImages', images);
  same(images[0].RepoTags, [`${ref}:1`], 'with its tags');
  same(images[0].RepoDigests, [`${ref}@${robin.digest}`], 'and digest');
  same(images[0].DigestTags, { [robin.digest]: [`${ref}:1`] }, 'and both');
  ok(images[0].Created === 1709208000 && images[0].Size === robin.bytes,
    'built then, of that size', images[0]);
  same(images[0].Labels, { song: 'clear' }, 'with its labels');
  ok(images[0].ManifestType === 'OCI Image Manifest v1', 'and its type');
  const all = (await came(cr.listImages({ namespace: 'birds' }))).result;
  ok(all.length === 2, 'listImages of a namespace', all);
  return robin;
}

async function looks(cr, robin) {
  const image = `${host}/birds/robin:1`;
  const inspected = (await came(cr.inspectImage({ image }))).result;
  ok(inspected.Id === robin.config && inspected.Architecture === 'amd64' &&
    inspected.Os === 'linux' && inspected.Author === 'wren', 'inspectImage',
  inspected);
  same(inspected.Config.Cmd, ['sing'], 'its configuration');
  ok(inspected.RootFS.Layers.length === 1, 'its layers');
  const manifest = (await came(cr.getImageManifest({
    image: `${host}/birds/robin@${robin.digest}` }))).result;
  same(manifest, JSON.parse(robin.manifest), 'getImageManifest');
  const gone = await came(cr.inspectImage({ image: `${host}/birds/robin:9` }));
  ok(gone.status === 404 && gone.error.code === 'CRI0601E',
    'inspectImage of nothing', gone);
  const index = await pushIndex('birds/flock', 'all', [
    await push('birds/flock', 'wren', '2020-01-01T00:00:00Z',
      Buffer.from('wren'))]);
  const whole = (await came(cr.inspectImage({
    image: `${host}/birds/flock:all` }))).result;
  ok(whole.Id === index.digest && whole.ManifestType === 'OCI Image Index v1',
    'inspectImage of an index', whole);
  same((await came(cr.getImageManifest({
    image: `${host}/birds/flock:all` }))).result, JSON.parse(index.manifest),
  'getImageManifest of an index');
  const repository = `${host}/birds/flock`;
  ok((await came(cr.listImages({ repository }))).result.length === 1,
    'listImages without indexes');
  ok((await came(cr.listImages({ repository, includeManifestLists: true })))
    .result.length === 2, 'and with them');
  const vulnerable = await fetch(`${url}/api/v1/images/${
    encodeURIComponent(image)}/vulnerabilities`, { headers: {
    Authorization: basic } });
  ok(vulnerable.status === 404, 'nobody looks for vulnerabilities');
}

async function digests(cr, robin) {
  const repo = `${host}/birds/robin`;
  const one = (await came(cr.listImageDigests({ repositories: [repo] }))).result;
  ok(one.length === 1 && one[0].id === robin.digest &&
    one[0].created === 1709208000, 'listImageDigests', one);
  same(one[0].repoTags, { [repo]: { 1: {} } }, 'with their tags');
  same((await came(cr.listImageDigests({ repositories: [repo],
    excludeTagged: true }))).result, [], 'or only untagged ones');
  const bulk = await came(cr.bulkDeleteImages({ bulkDelete: ['image name',
    `${repo}@sha256:${'0'.repeat(64)}`] }));
  ok(bulk.status === 200 && bulk.result.success.length === 0 &&
    Object.keys(bulk.result.error).length === 2, 'bulkDeleteImages of nothing',
  bulk);
}

async function quota(cr) {
  const before = (await came(cr.getQuota())).result;
  ok(before.limit.storage_bytes === -1 && before.limit.traffic_bytes === -1 &&
    before.usage.storage_bytes > 0, 'getQuota', before);
  const set = await came(cr.updateQuota({ storageMegabytes: 500,
    trafficMegabytes: 5000 }));
  ok(set.status === 200, 'updateQuota', set);
  same((await came(cr.getQuota())).result.limit,
    { storage_bytes: 500 * MIB, traffic_bytes: 5000 * MIB }, 'sets limits');
  const bad = await came(cr.updateQuota({ storageMegabytes: -2 }));
  ok(bad.status === 400 && /^CRQ/.test(bad.error.code), 'no bad ones', bad);
  await cr.updateQuota({ storageMegabytes: 0 });
  const over = await came(cr.tagImage({ fromimage: `${host}/birds/robin:1`,
    toimage: `${host}/birds/robin:2` }));
  ok(over.status === 403 && /^CRQ/.test(over.error.code) &&
    /over its storage quota/.test(over.error.message),
  'what is over is refused', over);
  await cr.updateQuota({ storageMegabytes: -1, trafficMegabytes: -1 });
  same((await came(cr.getQuota())).result.limit,
    { storage_bytes: -1, traffic_bytes: -1 }, 'and none again');
}

async function retention(cr) {
  const names = ['old', 'mid', 'new'];
  const made = {};
  for (const [i, tag] of names.entries())
    made[tag] = await push('birds/many', tag, `202${i}-01-01T00:00:00Z`,
      Buffer.from(tag));
  const none = (await came(cr.getRetentionPolicy({ namespace: 'birds' })))
    .result;
  ok(none.namespace === 'birds' && none.images_per_repo === -1 &&
    none.retain_untagged === true, 'getRetentionPolicy without one', none);
  const policy = { namespace: 'birds', imagesPerRepo: 2 };
  same((await came(cr.analyzeRetentionPolicy(policy))).result,
    { [`${host}/birds/many`]: [made.old.digest] }, 'analyzeRetentionPolicy');
  ok(await head('birds/many/manifests/old') === 200, 'changes nothing');
  const set = await came(cr.setRetentionPolicy(policy));
  ok(set.status === 201, 'setRetentionPolicy', set);
  ok(await head('birds/many/manifests/old') === 404, 'runs at once');
  ok(await head('birds/many/manifests/mid') === 200, 'and keeps the newest');
  const { birds } = (await came(cr.listRetentionPolicies())).result;
  ok(birds.images_per_repo === 2 && birds.retain_untagged === false,
    'listRetentionPolicies', birds);
  const foreign = await came(cr.setRetentionPolicy({ namespace: 'stones',
    imagesPerRepo: 1 }));
  ok(foreign.status === 403 && foreign.error.code === 'CRG0020E',
    'not for a namespace of others', foreign);
  const bad = await came(cr.setRetentionPolicy({ namespace: 'birds',
    imagesPerRepo: -2 }));
  ok(bad.status === 400 && /^CRR/.test(bad.error.code), 'nor so many', bad);
  await cr.setRetentionPolicy({ namespace: 'birds', imagesPerRepo: -1,
    retainUntagged: true });
  return made.old;
}

async function trash(cr, old) {
  const many = `${host}/birds/many`;
  same((await came(cr.listDeletedImages({ namespace: 'birds' }))).result,
    { [`${many}@${old.digest}`]: { daysUntilExpiry: 30, tags: ['old'] } },
    'listDeletedImages');
  same((await came(cr.listDeletedImages({ namespace: 'none' }))).result, {},
    'of a namespace');
  const image = `${host}/birds/robin:1`;
  same((await came(cr.deleteImageTag({ image }))).result, { Untagged: image },
    'deleteImageTag');
  ok(await head('birds/robin/manifests/1') === 404, 'takes the tag');
  const digest = `${many}@${old.digest}`;
  same((await came(cr.restoreTags({ digest }))).result,
    { successful: ['old'], unsuccessful: [] }, 'restoreTags');
  ok(await head('birds/many/manifests/old') === 200, 'brings the image back');
  const live = await came(cr.restoreImage({ image: `${many}:old` }));
  ok(live.status === 409 && live.error.code === 'CRT0500E',
    'restoreImage of a tag that is live', live);
  const dropped = await came(cr.deleteImage({ image: `${many}:old` }));
  same(dropped.result, { Untagged: `${many}:old` }, 'deleteImage');
  const back = await came(cr.restoreImage({ image: `${many}:old` }));
  ok(back.status === 200, 'restoreImage', back);
  ok(await head('birds/many/manifests/old') === 200, 'brings the tag back');
  const gone = await came(cr.restoreImage({ image: `${many}:none` }));
  ok(gone.status === 404 && /^CRT/.test(gone.error.code),
    'restoreImage of nothing', gone);
}

async function ends(cr, robin) {
  const ref = `${host}/birds/robin@${robin.digest}`;
  same((await came(cr.bulkDeleteImages({ bulkDelete: [ref] }))).result,
    { success: [ref], error: {} }, 'bulkDeleteImages');
  ok(await head(`birds/robin/manifests/${robin.digest}`) === 404,
    'takes the image');
  const child = (await came(cr.deleteImage({
    image: `${host}/birds/flock:wren` })));
  ok(child.status === 409 && /^CRI/.test(child.error.code),
    'what an index needs is not deleted', child);
  ok((await came(cr.deleteNamespace({ name: 'birds' }))).status === 204,
    'deleteNamespace');
  same((await came(cr.listNamespaces())).result, [], 'and nothing is left');
  same((await came(cr.listDeletedImages())).result, {}, 'nor in the trash');
  same((await came(cr.getQuota())).result.usage.storage_bytes, 0,
    'nothing counts');
}

async function strangers(authenticator) {
  const cr = new Registry({ account: 'f'.repeat(32), authenticator,
    serviceUrl: url });
  const asked = await came(cr.listNamespaces());
  ok(asked.status === 403 && asked.error.code === 'CRG0009E',
    "another account's header", asked);
}

async function main() {
  const authenticator = new IamAuthenticator({ apikey, url });
  const token = await authenticator.tokenManager.getToken();
  const account = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
    .account.bss;
  const cr = new Registry({ account, authenticator, serviceUrl: url });
  await namespaces(cr, account);
  await fixedTruth(cr);
  const robin = await lists(cr);
  await looks(cr, robin);
  await digests(cr, robin);
  await quota(cr);
  await trash(cr, await retention(cr));
  await ends(cr, robin);
  await strangers(authenticator);
  done();
}

main();
