// A policy is built, with a sentence beside it that says what it amounts to; or the roles
// and times of one that is there are changed (?edit=).
import { ApiError, call, get, part } from '../lib/api.js';
import { serviceWord, SERVICES } from '../lib/actions.js';
import { rolesField, thingsField, whenField } from '../lib/builder.js';
import { namespaces } from '../lib/cr.js';
import { dialog, errorWords } from '../lib/dialog.js';
import { h, show as fill } from '../lib/dom.js';
import { choice, form } from '../lib/form.js';
import { aimWords, isAdministrator, isWide, readGrant, roleBook, sentence, subjectName, thingNames,
  writeGrant } from '../lib/grant.js';
import { Stale, again, changing, every, groups, offerReload, serviceIds } from '../lib/iam.js';
import { picture } from '../lib/picture.js';
import { all, projects, repositories } from '../lib/rest20.js';
import { to } from '../lib/route.js';
import { button, heading, hint, link, stack, toast } from '../lib/ui.js';
import { parts, t } from '../lib/words.js';
import { chooseWho } from '../lib/who.js';

export const title = () => t('policy.new_title');

const isGroup = (id) => id.startsWith('AccessGroupId-');
const step = (n, text, ...children) => h('section', { class: 'policy-step' },
  h('h2', {}, h('span', { class: 'quiet', 'aria-hidden': 'true' }, n), text), children);

// Names of what is there, to choose from; whatever else is typed is a name as well.
function suggestions(me, signal) {
  const plain = (rows) => rows.map((row) => [row.name ?? row.slug ?? row.key]);
  return async (type) => {
    if (type === 'namespace') return plain(await namespaces(me, signal));
    if (type === 'repository') return (await all(repositories(me), { signal })).map((row) => [row.slug, row.name]);
    if (type === 'project') return (await projects(me, signal)).map((row) => [row.key, row.name]);
    if (type === 'serviceid')
      return (await every((ask) => serviceIds(me, { ...ask, signal }))).map((row) => [row.id, row.name]);
    return (await every((ask) => groups(me, { ...ask, signal }))).map((row) => [row.id, row.name]);
  };
}

// --- beside ----------------------------------------------------------------

function drawn(grant, who, roleNames, aim) {
  const kind = grant.group ? 'group' : grant.who.startsWith('iam-') ? 'service' : 'user';
  return picture({ label: aim, columns: [
    [{ id: 'who', kind, name: who }], [{ id: 'policy', kind: 'policy', name: roleNames }],
    [{ id: 'thing', kind: grant.type || 'account', name: aim, head: serviceWord(grant.service), tone: 'good' }]],
  edges: [['who', 'policy'], ['policy', 'thing']] });
}

function besideOf() {
  const says = h('p', { class: 'policy-sentence wait', role: 'status' });
  const warn = h('div', {});
  const drawing = h('div', {});
  return {
    node: h('aside', { class: 'policy-beside', 'aria-label': t('policy.says_head') },
      h('div', { class: 'policy-card' }, h('h2', {}, t('policy.says_head')), says, drawing, warn)),
    tell(grant, who, { roles, names }) {
      const known = grant.roles.length > 0 && who !== '';
      const text = known ? sentence(grant, who, { roles, names }) : t('policy.says_wait');
      if (says.textContent !== text) says.textContent = text;
      says.classList.toggle('wait', !known);
      fill(drawing, known && drawn(grant, who, grant.roleNames.join(', '), aimWords(grant, names)));
      const admin = grant.roles.some(isAdministrator);
      fill(warn, (isWide(grant) || admin) && hint('warn', isWide(grant) && h('p', {}, t('policy.wide')),
        admin && h('p', {}, t('policy.wide_admin'))));
    },
  };
}

// --- what came of it -------------------------------------------------------

async function made(page, policy, grant, text) {
  const explain = `access/explain?${new URLSearchParams({ who: grant.who })}`;
  await dialog({
    title: t('policy.made'), body: stack(h('p', { class: 'policy-sentence' }, text), h('p', {}, t('policy.made_more'))),
    actions: [{ text: t('policy.to_policies'), kind: 'plain', run: () => { page.go('access/policies'); } },
      { text: t('policy.make_another'), kind: 'plain',
        run: () => { page.go('access/policies/new', { replace: true }); } },
      grant.group ? { text: t('policy.open_policy'),
        run: () => { page.go(`access/policies/new?edit=${part(policy.id)}`); } }
        : { text: t('policy.explain'), run: () => { page.go(explain); } }],
  }).done;
}

// Which policy is in the way stands in the refusal.
function refused(e, problems) {
  const other = e instanceof ApiError && e.data?.errors?.[0]?.details?.conflicts_with?.policy;
  if (!other) throw e;
  fill(problems, hint('bad', h('p', {}, parts('policy.conflict', {
    link: link(t('policy.conflict_link'), `${to('access', 'policies', 'new')}?edit=${part(other.id)}`) }))));
  problems.scrollIntoView({ block: 'nearest' });
}

// --- a new one -------------------------------------------------------------

function whoField(page, first, changed) {
  let chosen = first;
  const name = h('strong', {});
  const error = h('p', { class: 'field-error', 'aria-live': 'polite' });
  const pick = button(t('policy.choose'), { on: async () => {
    const found = await chooseWho(page.me);
    if (found) set(found);
  } });
  const set = (found) => {
    chosen = found;
    name.textContent = chosen.id ? chosen.name : t('policy.nobody');
    pick.querySelector('span').textContent = t(chosen.id ? 'policy.change' : 'policy.choose');
    error.textContent = '';
    changed();
  };
  const node = h('div', { class: 'field' }, h('div', { class: 'policy-who' }, name, pick), error);
  return { node, name: 'who', value: () => chosen, set, focus: () => pick.focus(),
    error: (text) => { error.textContent = text; },
    check() { error.textContent = chosen.id ? '' : t('policy.choose_who_first'); return error.textContent; } };
}

// The five steps, and what they come to: grant() as it stands, text of the sentence that
// says it. turn() follows the service that is chosen.
function stepsOf(page, regions, beside) {
  const { me, query, signal } = page;
  const book = roleBook(me, signal);
  const state = { roles: [], text: '', ready: false, asked: 0 };
  const who = whoField(page, { id: '', name: '' }, () => tell());
  const service = choice({ name: 'service', label: t('policy.service'),
    value: SERVICES.find((one) => one === query.get('service')) ?? SERVICES[0],
    options: SERVICES.map((one) => ({ value: one, label: serviceWord(one) })) });
  const things = thingsField({ regions: regions.map((one) => one.name), suggest: suggestions(me, signal),
    changed: () => tell() });
  const role = rolesField({ name: 'roles' });
  const when = whenField({ name: 'when', value: { kind: 'always' } });
  const grant = () => {
    const crns = role.value();
    return { ...things.value(), plain: true, who: who.value().id, group: isGroup(who.value().id),
      service: service.value(), roles: crns,
      roleNames: state.roles.filter((one) => crns.includes(one.crn)).map((one) => one.display_name),
      when: when.whole() ? when.value() : { kind: 'always' } };
  };
  async function tell() {
    if (!state.ready) return;
    const now = grant();
    const nth = state.asked += 1;
    const known = { roles: state.roles, names: await thingNames(me, now) };
    if (nth !== state.asked) return;
    beside.tell(now, who.value().name, known);
    state.text = sentence(now, who.value().name, known);
  }
  async function turn() {
    const wanted = service.value();
    const found = await book(wanted);
    if (service.value() !== wanted) return;
    state.roles = found;
    role.fill(wanted, found);
    things.turn(wanted);
    await tell();
  }
  return { who, service, things, role, when, state, grant, tell, turn };
}

// What the address says already is filled in before anything is told.
async function begin({ query }, steps, who) {
  const { service, things, role, when, state, tell, turn } = steps;
  steps.who.set(who);
  await turn();
  state.ready = true;
  service.on(() => turn().catch((e) => toast(errorWords(e), { bad: true })));
  role.on(tell);
  when.on(tell);
  if (query.get('name')) {
    things.scope.set('some');
    things.names.set(query.getAll('name'));
    things.turn(service.value());
  }
  await tell();
}

function buildForm(page, steps) {
  const { who, service, things, role, when } = steps;
  const problems = h('div', { role: 'alert' });
  const node = form({ fields: [who, service, ...things.parts, role, when, problems], submit: t('policy.create'),
    cancel: () => page.go('access/policies'),
    run: async () => {
      fill(problems);
      const grant = { ...steps.grant(), when: when.value() };
      try {
        const { data } = await call('POST', '/v2/policies', { json: writeGrant(page.me.account, grant) });
        await steps.tell();
        await made(page, data, grant, steps.state.text);
      } catch (e) {
        refused(e, problems);
      }
    } });
  node.prepend(step('1', t('policy.step_who'), who.node), step('2', t('policy.step_service'), service.node),
    step('3', t('policy.step_things'), things.parts.map((one) => one.node ?? one)),
    step('4', t('policy.step_roles'), role.node), step('5', t('policy.step_when'), when.node));
  return node;
}

async function build(page) {
  const id = page.query.get('who') ?? '';
  const [{ regions }, name] = await Promise.all([
    get('/latchkey/v1/regions', { signal: page.signal }), id && subjectName(page.me, id),
  ]);
  const beside = besideOf();
  const steps = stepsOf(page, regions, beside);
  await begin(page, steps, { id, name });
  return stack(heading(t('policy.new_title'), { sub: t('policy.new_sub'),
    crumbs: [[t('policy.policies'), to('access', 'policies')], [t('policy.new_title')]] }),
  h('div', { class: 'policy-build' }, buildForm(page, steps), beside.node));
}

// --- one that is there -----------------------------------------------------

function changeForm(page, { path, fetch, tag, send, fields }) {
  const problems = h('div', { role: 'alert' });
  const node = form({ fields: [...fields, problems], submit: t('policy.save'), cancel: () => page.go('access/policies'),
    run: async () => {
      fill(problems);
      try {
        await changing((options) => call('PUT', path, { json: send(), ...options }), tag,
          async () => (await fetch()).headers.get('ETag'));
        toast(t('policy.saved'));
        again(page);
      } catch (e) {
        if (e instanceof Stale) offerReload(page);
        else refused(e, problems);
      }
    } });
  const [role, when] = fields;
  node.prepend(step('1', t('policy.step_roles'), role.node), step('2', t('policy.step_when'), when.node));
  return node;
}

// Roles and times as the policy has them, and what is sent of it: the rest stays as it is,
// also what the console cannot read of its times.
function changeFields({ me }, policy, before, roles, told) {
  // A role that is no longer to be had can still be taken away.
  const offered = [...roles, ...policy.control.grant.roles.filter((one) => !roles.some((r) => r.crn === one.role_id))
    .map((one) => ({ ...one, crn: one.role_id, actions: [] }))];
  const role = rolesField({ name: 'roles', value: before.roles });
  role.fill(before.service, offered);
  const when = whenField({ name: 'when', value: before.when });
  const grant = () => ({ ...before, roles: role.value(), when: when.whole() ? when.value() : before.when,
    roleNames: offered.filter((one) => role.value().includes(one.crn)).map((one) => one.display_name ?? one.crn) });
  const tell = () => told(grant());
  role.on(tell);
  when.on(tell);
  tell();
  const send = () => {
    const body = writeGrant(me.account, grant(), policy.resource);
    const same = when.value() === before.when && policy.pattern ? { pattern: policy.pattern, rule: policy.rule } : {};
    return { ...body, ...same, subject: policy.subject, type: policy.type, description: policy.description };
  };
  return { fields: [role, when], send };
}

async function change(page) {
  const { me, query, signal } = page;
  const path = `/v2/policies/${part(query.get('edit'))}`;
  const fetch = () => call('GET', path, { query: { format: 'display' }, signal });
  const { data: policy, headers } = await fetch();
  const before = readGrant(policy);
  const [roles, names, who] = await Promise.all([
    before.service ? roleBook(me, signal)(before.service).catch(() => []) : [],
    thingNames(me, before), subjectName(me, before.who),
  ]);
  const beside = besideOf();
  const edited = changeFields(page, policy, before, roles, (grant) => beside.tell(grant, who, { roles, names }));
  const gone = policy.state === 'deleted';
  return stack(heading(t('policy.edit_title'), { sub: t('policy.edit_sub'),
    crumbs: [[t('policy.policies'), to('access', 'policies')], [t('policy.edit_title')]],
    actions: !before.group &&
      [link(t('policy.explain'), `${to('access', 'explain')}?who=${part(before.who)}`, { class: 'button plain' })] }),
  gone && hint('warn', h('p', {}, t('policy.was_deleted'))),
  h('div', { class: 'policy-build' },
    gone ? h('div', {}) : changeForm(page, { path, fetch, tag: headers.get('ETag'), ...edited }), beside.node));
}

export function show(page) {
  return page.query.get('edit') ? change(page) : build(page);
}
