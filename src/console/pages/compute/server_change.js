// What can be done to a server: another key pair (administrators), another address for
// its first boot, and its end.

import { del, post, put } from '../../lib/api.js';
import { confirm, dialog } from '../../lib/dialog.js';
import { h } from '../../lib/dom.js';
import { formDialog } from '../../lib/form.js';
import { code, hint, stack } from '../../lib/ui.js';
import { t } from '../../lib/words.js';
import { projectOf } from './place.js';
import { lifeField, showSeed } from './seed.js';
import { pairField } from './server_create.js';

// "type base64 name", for a file that nobody changes but by hand.
export const authorizedLine = ({ key }) => `${key.public_key.split(' ').slice(0, 2).join(' ')} ${key.keypair}`;

function whenItCounts({ follows, seed }) {
  if (follows) return t('compute.counts_at_once');
  return seed.state === 'open' ? t('compute.counts_at_boot') : t('compute.counts_by_hand');
}

function changed(server) {
  const words = t('compute.pair_changed_to', { server: server.name, name: server.key.keypair });
  return dialog({
    title: t('compute.pair_changed'),
    body: stack(h('p', {}, words), h('p', {}, whenItCounts(server)),
      !server.follows && code(authorizedLine(server), { label: t('compute.authorized_line') })),
  }).done;
}

// → the server as it is now.
export async function setPair(server, path) {
  const except = server.key.keypair_deleted ? undefined : server.key.keypair;
  const now = await formDialog({
    title: t('compute.set_pair_title', { name: server.name }),
    before: hint('warn', h('p', {}, t('compute.set_pair_warning', { name: server.key.keypair }))),
    fields: [await pairField(path, { label: t('compute.new_pair'), except })],
    action: t('compute.change'),
    run: ({ keypair }) => put(path('servers', server.id, 'keypair'), { keypair }),
  });
  if (now) await changed(now);
  return now ?? null;
}

export async function renewSeed(server, path) {
  const now = await formDialog({
    title: t('compute.renew_title', { name: server.name }),
    before: [h('p', {}, t('compute.renew_what')), hint('warn', h('p', {}, t('compute.renew_warning')))],
    fields: [lifeField('life')],
    action: t('compute.renew'),
    run: ({ life }) => post(path('servers', server.id, 'seed'), { life: Number(life) }),
  });
  if (now) await showSeed(now, t('compute.renewed', { name: now.name }));
  return now ?? null;
}

// By its id: what was shown is what goes.
export function deleteServer(server, path) {
  return confirm({
    title: t('compute.delete_server_title', { name: server.name }),
    body: hint('warn', h('p', {}, server.follows ? t('compute.delete_following') : t('compute.delete_standing')),
      h('p', {}, t('compute.machine_runs_on'))),
    action: t('compute.delete'),
    danger: true,
    run: () => del(path('servers', server.id)),
  });
}

export const home = (server) => `compute/servers?${new URLSearchParams({ project: projectOf(server) })}`;
