// How a host gets at a repository: the lines to run there. Each address is the one
// that the server says; none is put together here.

import { get } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { fingerprint, read } from '../lib/sshkey.js';
import { code, codeBlock, disclosure, facts, hint, mono, stack, tabs } from '../lib/ui.js';
import { to } from '../lib/route.js';
import { t } from '../lib/words.js';

// 'ssh' or 'https'; undefined when that way is closed.
export const address = (repo, way) => repo.links.clone.find((link) => link.name === way)?.href;

export const repoTabs = (slug, current) => tabs([
  { label: t('git.overview'), href: to('repositories', slug), current: current === 'overview' },
  {
    label: t('git.settings_keys'), href: to('repositories', slug, 'settings', 'access-keys'),
    current: current === 'keys',
  },
]);

// A name of a branch may have signs in it that a shell would take for its own.
export const quoted = (name) => (/^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);

// The caution of everybody who has tried it the other way.
export const sshOnly = () => hint('warn', t('git.ssh_only'));

export function cloneLines(repo) {
  const ssh = address(repo, 'ssh');
  const https = address(repo, 'https');
  return stack(
    ssh ? code(`git clone ${ssh}`, { copy: true, label: t('git.clone_ssh') }) : hint('warn', t('git.no_ssh')),
    ssh && sshOnly(),
    https && disclosure(t('git.https_head'), stack(h('p', {}, t('git.https_why')),
      code(`git clone ${https}`, { copy: true, label: t('git.clone_https') }))),
  );
}

async function hostKey(line) {
  const key = read(line.split(' ').slice(1).join(' '));
  if (key.what !== 'key') return null;
  const print = await fingerprint(key.blob);
  return print && [key.name, mono(print)];
}

// The lines for known_hosts, or null on a server without SSH.
export async function knownHosts(signal) {
  const text = await get('/site/ssh', { signal, headers: { Accept: 'text/plain' } }).catch((e) => {
    if (e.status === 404) return null;
    throw e;
  });
  if (text === null) return null;
  const lines = text.trim().split('\n');
  const prints = (await Promise.all(lines.map(hostKey))).filter(Boolean);
  return disclosure(t('git.host_keys'), stack(
    h('p', {}, t('git.host_keys_why')),
    prints.length > 0 && facts(prints),
    codeBlock(lines, { label: t('git.known_hosts') }),
  ));
}

const STEPS = [
  ['git.step_make', 'ssh-keygen -t ed25519'],
  ['git.step_see', 'ls -a ~/.ssh'],
  ['git.step_rights', 'chmod 700 ~/.ssh && chmod 600 ~/.ssh/id_ed25519 ~/.ssh/id_ed25519.pub'],
  ['git.step_agent_look', 'ps -e | grep "[s]sh-agent"'],
  ['git.step_agent', 'ssh-agent /bin/bash'],
  ['git.step_add', 'ssh-add ~/.ssh/id_ed25519'],
  ['git.step_added', 'ssh-add -l'],
  ['git.step_copy', 'cat ~/.ssh/id_ed25519.pub'],
];

// repo: "account/name" when one line of the command line does all of it.
export function pairHelp(repo) {
  const steps = STEPS.map(([text, line]) =>
    h('li', {}, h('p', {}, t(text)), code(line, { copy: true, label: t(text) })));
  const all = repo && `latchkey access-key setup ${repo} --label web-1`;
  return disclosure(t('git.help'), stack(
    h('p', {}, t('git.help_where')),
    h('ol', { class: 'git-steps' }, steps),
    h('p', {}, t('git.help_keep')),
    all && h('p', {}, t('git.help_one')),
    all && code(all, { copy: true, label: t('git.help_one') }),
  ));
}
