// Service IDs: identities of machines.
import { get, part, post, del } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { confirm } from '../lib/dialog.js';
import { field, flag, formDialog } from '../lib/form.js';
import { moment, searched, serviceIds } from '../lib/iam.js';
import { showOnce } from '../lib/keys.js';
import { list } from '../lib/list.js';
import { to } from '../lib/route.js';
import { badge, button, empty, heading, hint, link, row, stack, time, toast } from '../lib/ui.js';
import { t } from '../lib/words.js';

export const title = () => t('access.service_ids');

// With a key at once, as most want it; its value is shown before the page is left.
async function create({ me, go }) {
  const key = flag({ name: 'key', label: t('access.service_key'), hint: t('access.service_key_hint'), value: true });
  const made = await formDialog({
    title: t('access.service_new'),
    fields: [
      field({ name: 'name', label: t('access.name'), required: true, maxBytes: 255,
        placeholder: t('access.service_name_like') }),
      field({ name: 'description', label: t('access.description'), required: false, maxBytes: 1000 }),
      key,
    ],
    action: t('access.create'),
    run: (values) => post('/v1/serviceids', {
      account_id: me.account, name: values.name, description: values.description,
      ...(values.key ? { apikey: { name: values.name } } : {}),
    }),
  });
  if (!made) return;
  if (made.apikey) await showOnce(made.apikey);
  go(`access/service-ids/${part(made.id)}`);
}

async function remove(chosen, table) {
  const one = chosen.length === 1;
  const done = await confirm({
    title: one ? t('access.delete_title', { name: chosen[0].name }) : t('access.delete_services', { n: chosen.length }),
    body: hint('warn', t('access.delete_service_more')), action: t('access.delete'), danger: true,
    run: async () => {
      try {
        for (const service of chosen) await del(`/v1/serviceids/${part(service.id)}`);
      } finally {
        table.reload();
      }
    },
  });
  if (done) toast(one ? t('access.done_delete', { name: chosen[0].name })
    : t('access.done_delete_many', { n: chosen.length }));
}

const states = (service) => row(
  service.disabled ? badge(t('access.disabled'), 'bad') : badge(t('access.active'), 'good'),
  service.locked && badge(t('access.locked')));

const columns = () => [
  { head: t('access.name'), cell: (service) => service.name, wide: 3, min: '14ch', narrow: 'title', sort: 'name' },
  { head: t('access.description'), cell: (service) => service.description, wide: 4, min: '12ch', narrow: 'hide' },
  { head: t('access.state'), cell: states, wide: 2, min: '12ch', narrow: 'show' },
  { head: t('access.last_used'), wide: 2, min: '11ch', narrow: 'show',
    cell: (service) => time(moment(service.activity?.last_authn), { never: t('access.never_used') }) },
  { head: t('access.made'), cell: (service) => time(moment(service.created_at)), wide: 2, min: '11ch', narrow: 'hide',
    sort: 'created_at' },
];

const advice = () => hint('note', h('p', {}, t('access.service_advice')),
  h('p', {}, t('access.token_advice'), ' ', link(t('access.tokens_link'), to('registry', 'tokens'))),
  { head: t('access.service_advice_head') });

export async function show(page) {
  const { me, query, signal } = page;
  let only = query.get('name') ?? '';
  // Who may list none is told so by the page, not by a list without rows.
  await get('/v1/serviceids', { query: { account_id: me.account, pagesize: 1 }, signal });
  const none = h('span', {}, t(only ? 'access.none_named' : 'access.services_none'));
  let table = null;
  const drop = button(t('access.delete'),
    { kind: 'danger', icon: 'trash', disabled: true, on: () => remove(table.selected(), table) });
  table = list({
    label: t('access.service_ids'), columns: columns(), load: (ask) => serviceIds(me, { ...ask, only }),
    id: (service) => service.id,
    name: (service) => service.name, select: 'many', href: (service) => to('access', 'service-ids', service.id),
    actions: [button(t('access.create'), { kind: 'primary', icon: 'plus', on: () => create(page) }), drop],
    onSelect: (chosen) => {
      drop.disabled = chosen.length === 0 || chosen.some((service) => service.locked);
      drop.title = chosen.some((service) => service.locked) ? t('access.locked_first') : '';
    },
    search: { placeholder: t('access.exact_name'), value: only,
      run: (text) => {
        only = text;
        none.textContent = t(only ? 'access.none_named' : 'access.services_none');
        searched('name', text, table);
      } },
    empty: empty(none, { picture: 'robot' }),
  });
  return stack(heading(t('access.service_ids'), { sub: t('access.service_ids_sub') }), advice(), table.node);
}
