// One namespace: its options, what is kept of it, its trash, and its end.

import { ApiError, del, get, part, patch, post } from '../lib/api.js';
import { HOST, as, findRepositories, withoutHost } from '../lib/cr.js';
import { confirm } from '../lib/dialog.js';
import { h } from '../lib/dom.js';
import { choice, field, flag, form } from '../lib/form.js';
import { to } from '../lib/route.js';
import { button, code, facts, heading, hint, link, section, stack, time, toast } from '../lib/ui.js';
import { number, t } from '../lib/words.js';
import { trashOf } from './trash.js';

const COUNTED = 1000;
const imagesIn = (name) => `${to('registry', 'images')}?${new URLSearchParams({ namespace: name })}`;

// --- options ---------------------------------------------------------------

const optionFields = (row) => [
  flag({
    name: 'immutable_tags', label: t('registry.immutable'), hint: t('registry.immutable_what'),
    value: row.immutable_tags,
  }),
  flag({ name: 'allow_sparse', label: t('registry.sparse'), hint: t('registry.sparse_what'), value: row.allow_sparse }),
];

function options(row) {
  return section(t('registry.options'), form({
    fields: optionFields(row), submit: t('registry.save'), kind: 'plain',
    run: async (values) => {
      await patch(`/latchkey/v1/namespaces/${part(row.name)}`, values);
      toast(t('registry.saved'));
    },
  }));
}

// --- retention -------------------------------------------------------------

const ALL = -1;
const whole = (text) => (/^\d{1,9}$/.test(text) ? '' : t('registry.number_rule'));

function policyFields(policy) {
  const keeps = policy.images_per_repo !== ALL;
  const kept = choice({
    name: 'kept', label: t('registry.kept'), kind: 'radio', value: keeps ? 'some' : 'all',
    options: [{ value: 'all', label: t('registry.kept_all') },
      { value: 'some', label: t('registry.kept_some'), hint: t('registry.kept_some_what') }],
  });
  const more = [
    field({ name: 'images', label: t('registry.kept_images'), inputmode: 'numeric', required: true, check: whole,
      value: keeps ? String(policy.images_per_repo) : '10' }),
    flag({ name: 'untagged', label: t('registry.kept_untagged'), value: policy.retain_untagged }),
    field({ name: 'days', label: t('registry.kept_days'), hint: t('registry.kept_days_what'), inputmode: 'numeric',
      value: String(policy.deletion_threshold_days), required: true, check: whole }),
  ];
  const box = h('div', { class: 'registry-kept' }, more.map((one) => one.node));
  const settle = () => { box.hidden = kept.value() === 'all'; };
  kept.on(settle);
  settle();
  return { kept, more, box };
}

function wanted(name, { kept, more }) {
  const [images, untagged, days] = more.map((one) => one.value());
  const policy = (n, keep, threshold) =>
    ({ namespace: name, images_per_repo: n, retain_untagged: keep, deletion_threshold_days: threshold });
  return kept.value() === 'all' ? policy(ALL, true, 0) : policy(Number(images), untagged, Number(days));
}

function losses(said) {
  const repos = Object.entries(said);
  const n = repos.reduce((sum, [, digests]) => sum + digests.length, 0);
  if (n === 0) return h('p', {}, t('registry.retention_none_go'));
  return [hint('warn', t('registry.retention_go', { n })), h('ul', {}, repos.slice(0, 20).map(([full, digests]) =>
    h('li', {}, h('code', {}, withoutHost(full)), ' ', number(digests.length))))];
}

// What would go is shown before anything does: a policy runs at once.
async function setPolicy(page, policy) {
  const said = policy.images_per_repo === ALL ? {} : await post('/api/v1/retentions/analyze', policy, as(page.me));
  const done = await confirm({
    title: t('registry.retention_set'), action: t('registry.retention_do'), danger: Object.keys(said).length > 0,
    body: losses(said),
    run: () => post('/api/v1/retentions', policy, as(page.me)),
  });
  if (done) toast(t('registry.saved'));
}

function retention(page, name, policy) {
  const made = policyFields(policy);
  const checks = () => made.kept.value() === 'all' || made.more.filter((one) => one.check() !== '').length === 0;
  const node = form({
    fields: [made.kept, made.box], submit: t('registry.retention_try'), kind: 'plain',
    run: async () => { if (checks()) await setPolicy(page, wanted(name, made)); },
  });
  return section(t('registry.retention'), [h('p', { class: 'quiet' }, t('registry.retention_what')), node]);
}

// --- its end ---------------------------------------------------------------

async function remove(page, name, repos) {
  const done = await confirm({
    title: t('registry.remove_namespace'), action: t('registry.remove'), danger: true, type: name,
    body: [
      h('p', {}, t('registry.remove_namespace_what', { n: repos.n, name })),
      hint('warn', t('registry.remove_namespace_lost')),
      h('p', {}, t('registry.remove_namespace_bin')),
    ],
    run: () => del(`/api/v1/namespaces/${part(name)}`, as(page.me)),
  });
  if (!done) return;
  toast(t('registry.namespace_removed', { name }));
  page.go('registry/namespaces');
}

// --- the page --------------------------------------------------------------

// What the caller may not see is left out, and the rest shown.
async function maybe(promise) {
  try {
    return await promise;
  } catch (e) {
    if (e instanceof ApiError && e.status === 403) return null;
    throw e;
  }
}

async function count(name, signal) {
  const { names, next } = await findRepositories({ limit: COUNTED, namespace: name, signal });
  const n = names.length;
  return { n, text: next ? t('registry.many_repositories', { n }) : t('registry.n_repositories', { n }) };
}

export async function showNamespace(page, name) {
  const [row, repos, policy, trash] = await Promise.all([
    get(`/latchkey/v1/namespaces/${part(name)}`, { signal: page.signal }),
    count(name, page.signal),
    maybe(get(`/api/v1/retentions/${part(name)}`, as(page.me, { signal: page.signal }))),
    trashOf(page, name, { choosing: false }),
  ]);
  return stack(
    heading(name, {
      crumbs: [[t('registry.namespaces'), to('registry', 'namespaces')]],
      actions: [button(t('registry.remove'), { kind: 'danger', icon: 'trash', on: () => remove(page, name, repos) })],
    }),
    facts([
      [t('registry.address'), code(`${HOST}/${name}`, { label: t('registry.address') })],
      [t('registry.region'), row.region], [t('registry.created'), time(row.created_at)],
      [t('registry.images'), link(repos.text, imagesIn(name))],
    ]),
    options(row), policy && retention(page, name, policy), section(t('registry.trash'), trash));
}
