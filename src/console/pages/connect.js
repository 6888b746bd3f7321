// How clients log in to the registry: lines to paste, for whoever asks.

import { get } from '../lib/api.js';
import { HOST } from '../lib/cr.js';
import { h } from '../lib/dom.js';
import { CLIENTS, loginFrom, loginLine } from '../lib/login_lines.js';
import { to } from '../lib/route.js';
import { badge, code, codeBlock, heading, hint, link, section, stack, tabs } from '../lib/ui.js';
import { t } from '../lib/words.js';

export const title = () => t('registry.connect');

const BEARER = "latchkey iam oauth-tokens | sed -n 's/.*Bearer *//p'";
const KEYFILE = 'jq -r .apikey latchkey-apikey.json';

const home = (client) => `${to('registry', 'connect')}?${new URLSearchParams({ client })}`;
const line = (label, text) =>
  h('div', { class: 'registry-line' }, h('span', { class: 'quiet' }, label), code(text, { label, wrap: true }));

// What each user name says of the password that comes with it.
function users(client) {
  const asked = (user) => line(t('registry.line_asks'), loginLine(user, client));
  const by = [
    ['token', t('registry.user_token'), [asked('token')], link(t('registry.to_tokens'), to('registry', 'tokens'))],
    ['iamapikey', t('registry.user_iamapikey'),
      [asked('iamapikey'), line(t('registry.line_file'), loginFrom(KEYFILE, 'iamapikey', client))],
      link(t('registry.to_service_ids'), to('access', 'service-ids'))],
    ['iambearer', t('registry.user_iambearer'), [line(t('registry.line_cli'), loginFrom(BEARER, 'iambearer', client))]],
    ['iamrefresh', t('registry.user_iamrefresh'), [['docker', 'podman'].includes(client)
      ? line(t('registry.line_cli'), `latchkey cr login --client ${client}`) : asked('iamrefresh')]],
  ];
  return by.map(([user, what, lines, more]) => h('section', { class: 'registry-user' },
    h('h3', {}, h('code', {}, user), user === 'iamapikey' && badge(t('registry.preferred'), 'good')),
    h('p', {}, what, more && [' ', more]), lines));
}

function login(client) {
  return section(t('registry.log_in'), [
    h('p', {}, t('registry.log_in_what')),
    tabs(CLIENTS.map((name) => ({ label: name, href: home(name), current: name === client })),
      { label: t('registry.client') }),
    users(client), hint('note', t('registry.why_stdin')),
    location.protocol === 'http:' && hint('warn', t('registry.plain_http')),
  ]);
}

// --- Kubernetes and others -------------------------------------------------

const JSON_OF = `printf '{"auths":{"%s":{"username":"token","password":"%s"}}}' ${HOST} "$SECRET"`;
const GENERIC = 'kubectl create secret generic latchkey --type=kubernetes.io/dockerconfigjson ' +
  '--from-file=.dockerconfigjson=/dev/stdin';
const STDIN = `read -rs SECRET && ${JSON_OF} | ${GENERIC}; unset SECRET`;
const SHORT = `kubectl create secret docker-registry latchkey --docker-server=${HOST} ` +
  '--docker-username=token --docker-password=TOKEN-VALUE';

const yaml = () => [
  'apiVersion: v1', 'kind: Secret', 'metadata:', '  name: latchkey', 'type: kubernetes.io/dockerconfigjson',
  'stringData:',
  '  .dockerconfigjson: |', `    {"auths": {"${HOST}": {"username": "token", "password": "TOKEN-VALUE"}}}`,
  '---', 'apiVersion: v1', 'kind: Pod', 'metadata:', '  name: example', 'spec:', '  imagePullSecrets:',
  '    - name: latchkey',
  '  containers:', '    - name: example', `      image: ${HOST}/NAMESPACE/REPOSITORY:TAG`,
];

const containerd = () => [
  `# /etc/containerd/certs.d/${HOST}/hosts.toml`, `server = "${location.origin}"`, '', `[host."${location.origin}"]`,
  '  capabilities = ["pull", "resolve"]',
];

function kubernetes() {
  return section(t('registry.kubernetes'), [
    h('p', {}, t('registry.kubernetes_what')),
    line(t('registry.line_asks'), STDIN), line(t('registry.line_short'), SHORT),
    codeBlock(yaml(), { label: t('registry.kubernetes_yaml') }),
    h('p', {}, t('registry.placeholders')),
    h('h3', {}, t('registry.containerd')), h('p', {}, t('registry.containerd_what')),
    codeBlock(containerd(), { label: t('registry.containerd') }),
  ]);
}

function cloudFoundry() {
  return section(t('registry.cf'), [
    h('p', {}, t('registry.cf_what')),
    codeBlock(['export CF_DOCKER_PASSWORD=API-KEY',
      `cf push APP -o ${HOST}/NAMESPACE/REPOSITORY:TAG --docker-username iamapikey`], { label: t('registry.cf') }),
    h('p', { class: 'quiet' }, t('registry.placeholders')),
  ]);
}

// --- regions ---------------------------------------------------------------

function region(one) {
  const names = [one.name, ...one.aliases].join(', ');
  return h('tr', {}, h('th', { scope: 'row' }, names, ' ', one.here && badge(t('registry.here'), 'good')),
    h('td', {}, one.here ? h('code', {}, HOST) : one.hosts.map((host) => [h('code', {}, host), ' '])),
    h('td', {}, code(`latchkey cr region-set ${one.name}`, { label: one.name })));
}

const regions = (all, heads) => section(t('registry.regions'), [
  h('p', {}, t('registry.regions_what')),
  h('div', { class: 'registry-scroll', tabindex: '0', role: 'region', 'aria-label': t('registry.regions') },
    h('table', { class: 'registry-table' },
      h('thead', {}, h('tr', {}, heads.map((text) => h('th', { scope: 'col' }, text)))),
      h('tbody', {}, all.map(region)))),
]);

export async function show(page) {
  const client = CLIENTS.includes(page.query.get('client')) ? page.query.get('client') : CLIENTS[0];
  const said = await get('/latchkey/v1/regions', { signal: page.signal });
  return stack(heading(t('registry.connect'), { sub: t('registry.connect_sub', { host: HOST }) }),
    login(client), kubernetes(), cloudFoundry(), 
    regions(said.regions, [t('registry.region'), t('registry.host'), t('registry.choose_region')]));
}
