// The fields that make and change a repository.

import { choice, field } from '../lib/form.js';
import { t } from '../lib/words.js';

const SLUG_MAX = 62;

// "My app" → "My-app": what the server makes of a name, so that it can be seen before.
export function slugOf(name) {
  return name.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[-.]+/, '').replace(/-+$/, '')
    .replace(/(?:\.git)+$/, '').slice(0, SLUG_MAX);
}

function slugCheck(text) {
  if (text === '') return '';
  const good = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(text) && text.length <= SLUG_MAX && !/\.git$/i.test(text);
  return good ? '' : t('git.slug_rule', { n: SLUG_MAX });
}

export const slugField = ({ value = '', about = t('git.slug_hint') } = {}) => field({
  name: 'slug', label: t('git.slug'), hint: about, value, required: true, mono: true, check: slugCheck,
});

export const descriptionField = ({ value = '' } = {}) => field({
  name: 'description', label: t('git.description'), value, multiline: true, rows: 2,
});

export const branchField = ({ value = '' } = {}) => field({
  name: 'mainbranch', label: t('git.main_branch'), hint: t('git.main_branch_hint'), value, required: true, mono: true,
});

export const projectField = (projects, value) => choice({
  name: 'project', label: t('git.project'), kind: 'select', value,
  options: projects.map((p) => ({ value: p.key, label: p.name })),
});

const FORCE = { protect: 'git.force_protect', deny: 'git.force_deny', allow: 'git.force_allow' };

export const forceWords = (way) => t(FORCE[way]);

export const forceField = (value) => choice({
  name: 'force_push', label: t('git.force'), hint: t('git.force_hint'), kind: 'radio', value,
  options: Object.keys(FORCE).map((way) => ({ value: way, label: forceWords(way) })),
});
