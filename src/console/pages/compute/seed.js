// The first boot's credential: an address that brings one machine its key, said once.

import { dialog } from '../../lib/dialog.js';
import { h } from '../../lib/dom.js';
import { choice } from '../../lib/form.js';
import { code, codeBlock, disclosure, facts, hint, mono, secret, stack, time } from '../../lib/ui.js';
import { t } from '../../lib/words.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
const LIVES = [[HOUR, 'compute.life_1h'], [DAY, 'compute.life_24h'], [7 * DAY, 'compute.life_7d'],
  [30 * DAY, 'compute.life_30d']];
const LOOPBACK = /^https?:\/\/(?:127\.|localhost|\[::1\])/;

export const lifeField = (name) => choice({
  name, label: t('compute.life'), hint: t('compute.life_hint'), kind: 'select', value: String(DAY),
  options: LIVES.map(([seconds, key]) => ({ value: String(seconds), label: t(key) })),
});

const config = (url) => ['datasource_list: [NoCloud, None]', `datasource: {NoCloud: {seedfrom: "${url}"}}`];

const way = (label, node) => [h('h3', {}, label), node];

function ways({ url, kernel }) {
  return [
    h('p', {}, t('compute.three_ways')),
    way(t('compute.way_kernel'), code(kernel, { label: t('compute.way_kernel') })),
    way(t('compute.way_smbios'), code(`-smbios 'type=1,serial=${kernel}'`, { label: t('compute.way_smbios') })),
    way(t('compute.way_file'), codeBlock(config(url), { label: t('compute.way_file') })),
  ];
}

// Nothing of it stays on the page when the dialog is closed.
export function showSeed(server, title) {
  const { seed, key } = server;
  const file = `${key.keypair}.pem`;
  return dialog({
    title,
    guard: true,
    wide: true,
    body: stack(
      secret(seed.url, { label: t('compute.seed_url') }),
      hint('warn', h('ul', {}, h('li', {}, t('compute.seed_once')), h('li', {}, t('compute.seed_first')))),
      LOOPBACK.test(seed.url) && hint('note', h('p', {}, t('compute.seed_loopback')),
        code('latchkeyd serve --public-url URL', { label: t('compute.line') })),
      facts([[t('compute.keypair'), key.keypair], [t('compute.fingerprint'), mono(key.fingerprint_sha256)],
        [t('compute.seed_until'), time(seed.expires_at)]]),
      ways(seed),
      disclosure(t('compute.after_boot'),
        code(`latchkey server known-hosts ${server.name} --project ${server.project} >>~/.ssh/known_hosts`,
          { label: t('compute.line_known_hosts') }),
        code(`ssh -i ${file} debian@${server.name}`, { label: t('compute.line_ssh') }))),
    actions: [{ text: t('compute.kept'), run: () => {} }],
  }).done;
}
