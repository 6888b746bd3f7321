// One image: what it is, what it is made of, who vouches for it, and what may be done.

import { ApiError, call, del, get, post } from '../lib/api.js';
import { HOST, as, imagePath, namespaceOf, platformName, reference } from '../lib/cr.js';
import { confirm } from '../lib/dialog.js';
import { h } from '../lib/dom.js';
import { field, formDialog } from '../lib/form.js';
import { strata } from '../lib/layers.js';
import { to } from '../lib/route.js';
import { badge, button, code, facts, heading, hint, link, mono, section, stack, time, toast } from '../lib/ui.js';
import { bytes, t } from '../lib/words.js';

const home = (name, which = {}) => {
  const query = new URLSearchParams(which);
  return to('registry', 'images', name) + (query.size > 0 ? `?${query}` : '');
};
const below = (address) => address.slice('/console/'.length);

// --- what it is ------------------------------------------------------------

function known(image, name) {
  const others = image.tags.map((tag) => [link(tag, home(name, { tag })), ' ']);
  return facts([
    [t('registry.digest'), code(image.digest, { label: t('registry.digest') })],
    [t('registry.tags'), others.length > 0 ? h('span', { class: 'registry-tags' }, others) : t('registry.untagged')],
    [t('registry.kind'), image.type === 'Unknown' ? t('registry.artifact') : image.type],
    image.platform && [t('registry.platform'), image.platform],
    !image.index && [t('registry.size'), bytes(image.size)],
    !image.index && [t('registry.created'), time(image.created, { never: t('registry.undated') })],
    [t('registry.pushed'), time(image.pushed)],
    image.author && [t('registry.author'), image.author],
  ]);
}

function pulling(name, which, digest) {
  const plain = location.protocol === 'http:';
  const full = `${HOST}/${reference(name, which)}`;
  const lines = [
    ['docker', `docker pull ${full}`],
    ['podman', `podman pull ${plain ? '--tls-verify=false ' : ''}${full}`],
    ['skopeo', `skopeo copy ${plain ? '--src-tls-verify=false ' : ''}docker://${full} oci:${name.split('/').at(-1)}`],
    which.tag && [t('registry.exactly_this'), `docker pull ${HOST}/${name}@${digest}`],
  ];
  return section(t('registry.pull'), [
    h('dl', { class: 'registry-lines' }, lines.filter(Boolean).map(([label, line]) =>
      h('div', {}, h('dt', {}, label), h('dd', {}, code(line, { label }))))),
    h('p', { class: 'quiet' }, link(t('registry.log_in_first'), to('registry', 'connect'))),
  ]);
}

// --- what it is made of ----------------------------------------------------

const isAttestation = (entry) => entry.annotations?.['vnd.docker.reference.type'] === 'attestation-manifest';

function platforms(name, entries, all) {
  const here = new Map(all.map((image) => [image.digest, image]));
  const line = (entry) => {
    const image = here.get(entry.digest);
    const platform = platformName(entry.platform) || t('registry.any_platform');
    const words = isAttestation(entry) ? t('registry.attestation') : platform;
    return h('li', { class: 'registry-platform' },
      image ? link(words, home(name, { digest: entry.digest })) : h('span', {}, words),
      mono(entry.digest, { short: 19 }),
      image ? h('span', {}, image.index ? t('registry.index') : bytes(image.size))
        : badge(t('registry.not_here'), 'warn'));
  };
  return section(t('registry.platforms'), entries.length === 0
    ? h('p', { class: 'quiet' }, t('registry.platforms_none'))
    : h('ul', { class: 'registry-platforms' }, entries.map(line)));
}

const listed = (values) =>
  h('ul', { class: 'registry-values' }, values.map((value) => h('li', {}, h('code', {}, value))));
const quoted = (word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : JSON.stringify(word));
const words = (value) => [value].flat().map(quoted).join(' ');

function config(said) {
  const has = said.Config ?? {};
  const pairs = [
    has.Entrypoint?.length && [t('registry.entrypoint'), h('code', {}, words(has.Entrypoint))],
    has.Cmd?.length && [t('registry.command'), h('code', {}, words(has.Cmd))],
    has.User && [t('registry.user'), h('code', {}, has.User)],
    has.WorkingDir && [t('registry.folder'), h('code', {}, has.WorkingDir)],
    has.ExposedPorts && [t('registry.ports'), listed(Object.keys(has.ExposedPorts))],
    has.Volumes && [t('registry.volumes'), listed(Object.keys(has.Volumes))],
    has.Env?.length && [t('registry.env'), listed(has.Env)],
    has.Labels && Object.keys(has.Labels).length > 0 &&
      [t('registry.labels'), listed(Object.entries(has.Labels).map(([label, value]) => `${label}=${value}`))],
  ].filter(Boolean);
  return pairs.length > 0 && section(t('registry.config'), facts(pairs));
}

// --- who vouches for it ----------------------------------------------------

const KINDS = [[/sign|notary/i, 'registry.signature'], [/spdx|cyclonedx|sbom|syft/i, 'registry.sbom'],
  [/in-toto|attest|provenance|slsa/i, 'registry.attestation']];

export function artifactWords(type) {
  const [, word] = KINDS.find(([test]) => test.test(type)) ?? [];
  return word ? t(word) : t('registry.artifact');
}

const REFERRERS = 100;

async function referrers(name, digest, signal) {
  try {
    const { data, headers } = await call('GET', `/v2/${name}/referrers/${digest}`, { query: { n: REFERRERS }, signal });
    return { rows: data.manifests, more: headers.has('Link') };
  } catch (e) {
    if (e instanceof ApiError && e.status === 403) return { rows: [], refused: e.words };
    throw e;
  }
}

function vouchers(name, { rows, more, refused }) {
  const line = (entry) => {
    const type = entry.artifactType ?? entry.mediaType;
    const made = entry.annotations?.['org.opencontainers.image.created'];
    return h('li', { class: 'registry-referrer' },
      h('strong', {}, artifactWords(type)), link(type, home(name, { digest: entry.digest })),
      mono(entry.digest, { short: 19 }), bytes(entry.size), made && time(made));
  };
  return section(t('registry.referrers'), [
    refused && hint('note', refused),
    rows.length === 0 && !refused && h('p', { class: 'quiet' }, t('registry.referrers_none')),
    rows.length > 0 && h('ul', { class: 'registry-referrers' }, rows.map(line)),
    more && h('p', { class: 'quiet' }, t('registry.referrers_more', { n: REFERRERS })),
  ]);
}

// --- what may be done ------------------------------------------------------

async function copyTag(page, name, which) {
  const target = await formDialog({
    title: t('registry.copy_tag'), action: t('registry.copy_tag_do'), before: h('p', {}, t('registry.copy_tag_what')),
    fields: [
      field({ name: 'to', label: t('registry.to_repository'), value: name, required: true, mono: true }),
      field({ name: 'tag', label: t('registry.new_tag'), required: true, mono: true,
        placeholder: t('registry.tag_example') }),
    ],
    run: async ({ to: repo, tag }) => {
      const query = { fromimage: reference(name, which), toimage: `${repo}:${tag}` };
      await post('/api/v1/images/tags', undefined, as(page.me, { query }));
      return { repo, tag };
    },
  });
  if (!target) return;
  toast(t('registry.copied_tag', { tag: `${target.repo}:${target.tag}` }));
  page.go(below(home(target.repo, { tag: target.tag })));
}

async function untag(page, name, image, tag) {
  const last = image.tags.length === 1;
  const done = await confirm({
    title: t('registry.untag'), action: t('registry.untag_do'), danger: true,
    body: [h('p', {}, t('registry.untag_what', { tag: `${name}:${tag}` })),
      last && hint('warn', t('registry.untag_last'))],
    run: () => del(`/api/v1/tags/${encodeURIComponent(`${name}:${tag}`)}`, as(page.me)),
  });
  if (done) page.go(below(home(name, { digest: image.digest })));
}

async function remove(page, name, image) {
  const done = await confirm({
    title: t('registry.delete_image'), action: t('registry.delete'), danger: true,
    body: [
      h('p', {}, t('registry.delete_image_what'), ' ', h('code', {}, name)),
      image.tags.length > 0 && h('p', { class: 'registry-tags' }, image.tags.map((tag) => badge(tag))),
      hint('warn', t('registry.delete_image_bin')),
    ],
    run: () => del(imagePath(name, { digest: image.digest }), as(page.me)),
  });
  if (!done) return;
  toast(t('registry.image_deleted'));
  const namespace = namespaceOf(name);
  page.go(below(`${to('registry', 'namespaces')}?${new URLSearchParams({ tab: 'trash', namespace })}`));
}

const acts = (page, name, which, image) => [
  button(t('registry.copy_tag'), { icon: 'copy', on: () => copyTag(page, name, which) }),
  which.tag && button(t('registry.untag'), { on: () => untag(page, name, image, which.tag) }),
  button(t('registry.delete'), { kind: 'danger', icon: 'trash', on: () => remove(page, name, image) }),
];

// --- the page --------------------------------------------------------------

const find = (all, { tag, digest }) =>
  all.find((image) => (digest ? image.digest === digest : image.tags.includes(tag)));

export async function showImage(page, name, which, all) {
  const image = find(all, which);
  if (!image) throw new ApiError(404, { words: t('registry.no_such_image', { name: reference(name, which) }) });
  const path = imagePath(name, { digest: image.digest });
  const [manifest, said, vouched] = await Promise.all([
    get(`${path}/manifest`, as(page.me, { signal: page.signal })),
    get(`${path}/json`, as(page.me, { signal: page.signal })),
    referrers(name, image.digest, page.signal),
  ]);
  image.platform = platformName({ os: said.Os, architecture: said.Architecture, variant: said.Variant });
  image.author = said.Author;
  return stack(
    heading(which.tag ? `${name}:${which.tag}` : `${name}@${image.digest.slice(0, 19)}…`, {
      actions: acts(page, name, which, image),
      crumbs: [[t('registry.images'), to('registry', 'images')], [name, home(name)]],
    }),
    known(image, name), pulling(name, which, image.digest),
    image.index ? platforms(name, manifest.manifests ?? [], all) : layers(manifest, said),
    config(said), vouchers(name, vouched));
}

function layers(manifest, said) {
  const rows = manifest.layers ?? [];
  return section(t('registry.layers_n', { n: rows.length }), strata(rows, said.History ?? []));
}
