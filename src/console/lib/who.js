// Choosing a user, a service ID or an access group, in a dialog with a list like their own.
import { h, show } from './dom.js';
import { dialog } from './dialog.js';
import { groups, people, personName, serviceIds } from './iam.js';
import { list } from './list.js';
import { button, empty } from './ui.js';
import { t } from './words.js';

const KINDS = {
  service: {
    words: () => t('policy.choose_service_id'), id: (one) => one.iam_id, name: (one) => one.name,
    more: [() => t('access.description'), (one) => one.description], find: () => t('access.exact_name'),
    load: (me, ask, search) => serviceIds(me, { ...ask, only: search }),
  },
  user: {
    words: () => t('policy.choose_user'), id: (one) => one.iam_id, name: personName,
    more: [() => t('access.email'), (one) => one.email], find: () => t('access.search_people'),
    load: (me, ask, search) => people(me, { ...ask, search }),
  },
  group: {
    words: () => t('policy.choose_group'), id: (one) => one.id, name: (one) => one.name,
    more: [() => t('access.description'), (one) => one.description],
    load: (me, ask) => groups(me, ask),
  },
};

function table(me, kind, picked) {
  const of = KINDS[kind];
  let search = '';
  const made = list({
    label: of.words(), select: 'one', id: of.id, name: of.name, empty: empty(t('access.none_named')),
    onSelect: (rows) => picked(rows.length > 0 ? { id: of.id(rows[0]), name: of.name(rows[0]) } : null),
    columns: [{ head: t('access.name'), cell: of.name, wide: 2, min: '12ch', narrow: 'title' },
      { head: of.more[0](), cell: of.more[1], wide: 3, min: '12ch', narrow: 'show' }],
    load: (ask) => of.load(me, ask, search),
    search: of.find && { placeholder: of.find(), run: (text) => { search = text; made.clear(); made.reload(); } },
  });
  return made.node;
}

// → { id, name }, or undefined. kinds: which of them may be chosen.
export function chooseWho(me, kinds = ['service', 'user', 'group']) {
  let chosen = null;
  const act = { text: t('policy.choose'), disabled: true, run: () => chosen };
  const picked = (one) => {
    chosen = one;
    act.node.disabled = act.node.kept = one === null;
  };
  const place = h('div', { class: 'access-picker' });
  const buttons = kinds.map((kind) => button(KINDS[kind].words(), { kind: 'plain', on: () => turn(kind) }));
  const turn = (wanted) => {
    if (act.node) picked(null);
    for (const [i, kind] of kinds.entries()) buttons[i].setAttribute('aria-pressed', String(kind === wanted));
    show(place, table(me, wanted, picked));
  };
  turn(kinds[0]);
  const d = dialog({ title: t('policy.choose_title'), wide: true,
    body: [h('div', { class: 'row policy-kinds' }, buttons), place], actions: [act] });
  act.node.kept = true;
  return d.done;
}
