// API keys: one's own, and for administrators all of the account.
import { get } from '../lib/api.js';
import { keyList } from '../lib/key_list.js';
import { choice } from '../lib/form.js';
import { to } from '../lib/route.js';
import { heading, stack, tabs } from '../lib/ui.js';
import { t } from '../lib/words.js';

export const title = () => t('access.api_keys');

const at = (query) => `${to('access', 'api-keys')}${query}`;

// Whether the visitor may see the account's keys: who may not is shown no way there.
async function maySeeAll({ me, signal }) {
  try {
    await get('/v1/apikeys', { query: { account_id: me.account, scope: 'account', pagesize: 1 }, signal });
    return true;
  } catch (e) {
    if (e.status === 403 || e.status === 404) return false;
    throw e;
  }
}

function owners(page, type) {
  const pick = choice({
    name: 'type', label: t('access.whose'), kind: 'select', value: type,
    options: [['', 'access.of_anybody'], ['user', 'access.of_users'], ['serviceid', 'access.of_services']]
      .map(([value, text]) => ({ value, label: t(text) })),
  });
  pick.on(() => page.go(`access/api-keys?of=all${pick.value() ? `&type=${pick.value()}` : ''}`));
  return pick.node;
}

export async function show(page) {
  const { me, query } = page;
  const all = await maySeeAll(page);
  const whole = all && query.get('of') === 'all';
  const type = ['user', 'serviceid'].includes(query.get('type')) ? query.get('type') : '';
  const table = keyList(page, {
    identity: me.identity, whole, type: whole ? type : '', create: !whole, label: t('access.api_keys'),
  });
  return stack(
    heading(t('access.api_keys'), { sub: t('access.api_keys_sub') }),
    all && tabs([
      { label: t('access.mine'), href: at(''), current: !whole },
      { label: t('access.all_of_account'), href: at('?of=all'), current: whole },
    ]),
    whole && owners(page, type),
    table.node);
}
