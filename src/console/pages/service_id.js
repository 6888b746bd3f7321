// One service ID: its keys, what it was given, and what it did.
import { del, get, part, post, put } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { confirm } from '../lib/dialog.js';
import { opensSection } from '../lib/explained.js';
import { groupsSection, policiesSection } from '../lib/granted.js';
import { again, moment, nameOf, whose } from '../lib/iam.js';
import { keyList } from '../lib/key_list.js';
import { said } from '../lib/keys.js';
import { editNamed } from '../lib/named.js';
import { historySection, usesSection } from '../lib/past.js';
import { to } from '../lib/route.js';
import { badge, button, copyButton, facts, heading, hint, mono, row, section, stack, time, toast } from '../lib/ui.js';
import { t } from '../lib/words.js';

export const title = () => t('access.service_id');

const pathOf = (service) => `/v1/serviceids/${part(service.id)}`;

async function edit(page, service) {
  const changed = await editNamed(page, service, {
    nameBytes: 255, tag: service.entity_tag, now: async () => (await get(pathOf(service))).entity_tag,
    send: (values, options) => put(pathOf(service), values, options),
  });
  if (changed) again(page);
}

async function flip(page, service, what, on) {
  try {
    await (on ? post(`${pathOf(service)}/${what}`, {}) : del(`${pathOf(service)}/${what}`));
    said(service, what, on);
    again(page);
  } catch (e) {
    toast(e.words || t('access.failed'), { bad: true });
  }
}

async function disable(page, service) {
  const done = await confirm({
    title: t('access.disable_title', { name: service.name }), body: t('access.disable_service_more'),
    action: t('access.disable'), danger: true,
    run: () => post(`${pathOf(service)}/disable`, {}),
  });
  if (!done) return;
  said(service, 'disable', true);
  again(page);
}

async function remove(page, service) {
  const gone = await confirm({
    title: t('access.delete_title', { name: service.name }), body: hint('warn', t('access.delete_service_more')),
    action: t('access.delete'), danger: true, type: service.name,
    run: () => del(pathOf(service)),
  });
  if (!gone) return;
  toast(t('access.done_delete', { name: service.name }));
  page.go('access/service-ids', { replace: true });
}

function deeds(page, service) {
  return [
    !service.locked && button(t('access.edit'), { on: () => edit(page, service) }),
    service.disabled ? button(t('access.enable'), { on: () => flip(page, service, 'disable', false) })
      : button(t('access.disable'), { on: () => disable(page, service) }),
    service.locked ? button(t('access.unlock'), { on: () => flip(page, service, 'lock', false) })
      : button(t('access.lock'), { on: () => flip(page, service, 'lock', true) }),
    !service.locked && button(t('access.delete'), { kind: 'danger', icon: 'trash', on: () => remove(page, service) }),
  ];
}

const about = (me, service) => facts([
  [t('access.state'), row(
    service.disabled ? badge(t('access.disabled'), 'bad') : badge(t('access.active'), 'good'),
    service.locked && badge(t('access.locked')))],
  [t('access.last_used'), h('span', {}, time(moment(service.activity?.last_authn), { never: t('access.never_used') }),
    service.activity?.authn_count > 0 && ` · ${t('access.times', { n: service.activity.authn_count })}`)],
  [t('access.made'), h('span', {}, time(moment(service.created_at)), ' · ', whose(me, service.created_by))],
  [t('access.id'), row(mono(service.id), copyButton(service.id, { label: t('access.id') }))],
]);

export async function show(page) {
  const { me, params, signal } = page;
  const service = await get(`/v1/serviceids/${part(params.id)}`,
    { query: { include_activity: true, include_history: true }, signal });
  nameOf(me, service.created_by);
  const [policies, opens, groups, uses] = await Promise.all([
    policiesSection(page, { iam_id: service.iam_id }),
    opensSection(page, service.iam_id, service.name),
    groupsSection(page, service.iam_id, service.name, () => again(page)),
    usesSection(page, { identity: service.iam_id }),
  ]);
  const keys = keyList(page, { identity: service.iam_id, create: !service.locked,
    label: t('access.keys_of', { name: service.name }) });
  return stack(
    heading(service.name, { sub: service.description,
      crumbs: [[t('access.service_ids'), to('access', 'service-ids')]],
      actions: deeds(page, service) }),
    service.locked && hint('note', t('access.service_locked_hint')),
    about(me, service),
    section(t('access.keys'), keys.node),
    opens, policies, groups,
    uses,
    historySection(me, service.history ?? []));
}
