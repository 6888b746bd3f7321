// One repository: how to clone it, what it is, and what can be done to it.

import { del, get, part, put } from '../lib/api.js';
import { h } from '../lib/dom.js';
import { confirm } from '../lib/dialog.js';
import { field, formDialog } from '../lib/form.js';
import { projects as restProjects, repository } from '../lib/rest20.js';
import { to } from '../lib/route.js';
import { button, codeBlock, facts, heading, hint, mono, section, stack, time, toast } from '../lib/ui.js';
import { bytes, date, t } from '../lib/words.js';
import { address, cloneLines, knownHosts, quoted, repoTabs } from './git_clone.js';
import { branchField, descriptionField, forceField, forceWords, projectField, slugField } from './git_repo.js';

export const title = ({ params }) => params.repo;

const GRACE_DAYS = 30;

// What differs is sent: a name that is sent brings a new address along.
function changes(repo, values) {
  const body = { slug: values.slug, description: values.description, force_push: values.force_push };
  if (values.name !== repo.name) body.name = values.name;
  if (values.mainbranch !== repo.mainbranch.name) body.mainbranch = { name: values.mainbranch };
  if (values.project !== repo.project?.key) body.project = { key: values.project };
  return body;
}

async function edit(page, repo) {
  const projects = await restProjects(page.me, page.signal);
  const changed = await formDialog({
    title: t('git.edit_title', { name: repo.name }),
    fields: [
      field({ name: 'name', label: t('git.name'), value: repo.name, required: true, maxBytes: 255 }),
      slugField({ value: repo.slug, about: t('git.slug_change') }),
      descriptionField({ value: repo.description }),
      projectField(projects, repo.project?.key),
      branchField({ value: repo.mainbranch.name }),
      forceField(repo.force_push),
    ],
    action: t('git.save'),
    run: (values) => put(repository(page.me, repo.slug), changes(repo, values)),
  });
  if (!changed?.slug) return;
  toast(t('git.saved'));
  page.go(`repositories/${part(changed.slug)}`, { replace: true });
}

async function remove(page, repo) {
  const until = date(Date.now() + GRACE_DAYS * 864e5);
  const done = await confirm({
    title: t('git.delete_title', { name: repo.name }), action: t('git.delete'), danger: true, type: repo.slug,
    body: stack(h('p', {}, t('git.delete_what')), h('p', {}, t('git.delete_back', { until }))),
    run: () => del(repository(page.me, repo.slug)),
  });
  if (!done) return;
  toast(t('git.deleted', { name: repo.name, until }));
  page.go('repositories');
}

// The first thing to do with a repository that has nothing in it.
function firstPush(repo) {
  const ssh = address(repo, 'ssh') ?? address(repo, 'https');
  if (repo.pushed_on || !ssh) return null;
  return section(t('git.first_push'), stack(
    hint('note', t('git.first_push_key'), ' ', h('a', { href: to('me', 'ssh-keys') }, t('git.ssh_keys'))),
    codeBlock([`git remote add origin ${ssh}`, `git push -u origin ${quoted(repo.mainbranch.name)}`],
      { label: t('git.first_push') }),
  ));
}

const about = (repo) => facts([
  [t('git.description'), repo.description || null],
  [t('git.project'), repo.project?.name],
  [t('git.main_branch'), mono(repo.mainbranch.name)],
  [t('git.force'), forceWords(repo.force_push)],
  [t('git.size'), bytes(repo.size)],
  [t('git.pushed'), time(repo.pushed_on, { never: t('git.nothing_pushed') })],
  [t('git.created'), time(repo.created_on)],
]);

export async function show(page) {
  const repo = await get(repository(page.me, page.params.repo), { signal: page.signal });
  const hosts = address(repo, 'ssh') ? await knownHosts(page.signal) : null;
  return stack(
    heading(repo.name, {
      sub: t('git.private_sub', { name: repo.full_name }),
      crumbs: [[t('git.repositories'), to('repositories')]],
      actions: [button(t('git.edit'), { on: () => edit(page, repo) }),
        button(t('git.delete'), { kind: 'danger', icon: 'trash', on: () => remove(page, repo) })],
    }),
    repoTabs(repo.slug, 'overview'),
    section(t('git.clone'), stack(cloneLines(repo), hosts)),
    firstPush(repo),
    section(t('git.about'), about(repo)),
  );
}
