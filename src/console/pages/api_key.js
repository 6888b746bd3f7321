// One API key: what it is, what it is used for, and what was done with it.
import { get, part } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { again, moment, nameOf, whose } from '../lib/iam.js';
import { deleteKeys, disableKey, editKey, keyStates, lastUse, leakWords, rotateKey, switchKey } from '../lib/keys.js';
import { historySection, usesSection } from '../lib/past.js';
import { to } from '../lib/route.js';
import { button, copyButton, facts, heading, hint, link, mono, row, stack, time, toast } from '../lib/ui.js';
import { t } from '../lib/words.js';

export const title = () => t('access.api_key');

// A key that another took the place of may be gone.
async function replaced(id, signal) {
  try {
    const old = await get(`/v1/apikeys/${part(id)}`, { signal });
    return link(old.name, to('access', 'api-keys', id));
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    return mono(id, { short: 20 });
  }
}

function deeds(page, key) {
  const fresh = () => again(page);
  const flip = (what, on) => async () => {
    try {
      await switchKey(key, what, on);
      fresh();
    } catch (e) {
      toast(e.words || t('access.failed'), { bad: true });
    }
  };
  const after = async (promise) => { if (await promise) fresh(); };
  const next = async () => {
    const made = await rotateKey(key);
    if (made) page.go(`access/api-keys/${part(made.id)}`);
  };
  const away = async () => {
    if (await deleteKeys([key])) page.go('access/api-keys', { replace: true });
  };
  return [
    button(t('access.rotate'), { kind: 'primary', on: next }),
    !key.locked && button(t('access.edit'), { on: () => after(editKey(page, key)) }),
    key.disabled ? button(t('access.enable'), { on: flip('disable', false) })
      : button(t('access.disable'), { on: () => after(disableKey(key)) }),
    key.locked ? button(t('access.unlock'), { on: flip('lock', false) })
      : button(t('access.lock'), { on: flip('lock', true) }),
    !key.locked && button(t('access.delete'), { kind: 'danger', icon: 'trash', on: away }),
  ];
}

export async function show(page) {
  const { me, params, signal } = page;
  const query = { include_activity: true, include_history: true };
  const key = await get(`/v1/apikeys/${part(params.id)}`, { query, signal });
  nameOf(me, key.iam_id);
  return stack(
    heading(key.name, { sub: key.description, crumbs: [[t('access.api_keys'), to('access', 'api-keys')]],
      actions: deeds(page, key) }),
    key.locked && hint('note', t('access.key_locked_hint')),
    facts([
      [t('access.state'), row(keyStates(key))],
      [t('access.whose'), whose(me, key.iam_id)],
      [t('access.last_used'), h('span', {}, lastUse(key),
        key.activity?.authn_count > 0 && ` · ${t('access.times', { n: key.activity.authn_count })}`)],
      [t('access.ends'), time(moment(key.expires_at), { never: t('access.no_end') })],
      [t('access.made'), h('span', {}, time(moment(key.created_at)), ' · ', whose(me, key.created_by))],
      key.replaces && [t('access.replaces'), await replaced(key.replaces, signal)],
      [t('access.leaked'), leakWords(key.action_when_leaked)],
      [t('access.id'), row(mono(key.id), copyButton(key.id, { label: t('access.id') }))],
    ]),
    await usesSection(page, { cred: `api-key:${key.id}` }),
    historySection(me, key.history ?? []));
}
