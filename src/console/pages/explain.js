// Why somebody may do something or not, from either end, drawn. What is asked stands in
// the address, except for a credential's value.
import { ApiError, get, part, post } from '../lib/api.js';
import { actionsOf, actionWord, SERVICES, serviceWord } from '../lib/actions.js';
import { namespaces } from '../lib/cr.js';
import { errorWords } from '../lib/dialog.js';
import { h, show as fill, unique } from '../lib/dom.js';
import { byWords, credentialBox, drawAnswer, drawRights, drawWho, identityBox, lackWords,
  policyOf } from '../lib/explained.js';
import { choice, field, form } from '../lib/form.js';
import { roleBook, sentence, subjectName, thingNames } from '../lib/grant.js';
import { all, repositories } from '../lib/rest20.js';
import { to } from '../lib/route.js';
import { badge, button, disclosure, empty, heading, hint, link, stack, tabs } from '../lib/ui.js';
import { t } from '../lib/words.js';
import { chooseWho } from '../lib/who.js';

export const title = () => t('policy.explain');

// What may stand in an address: ids, and what is public. All else is taken for a value.
const PUBLIC = /^(?:ApiKey-|C-|iam-|ServiceId-|IBMid-|SHA256:|MD5:|[0-9a-f]{8}-[0-9a-f]{4}-)\S*$/;

const address = (query) => {
  const text = String(new URLSearchParams(Object.entries(query).filter(([, value]) => value)));
  return `access/explain${text && `?${text}`}`;
};

// --- asking ----------------------------------------------------------------

const anyAction = () => [{ value: '', label: t('policy.deed_any') }];
const allActions = () => SERVICES.flatMap((service) => actionsOf(service)
  .map(({ value, label }) => ({ value, label: `${serviceWord(service)}: ${label}` })));

async function offer(page, list) {
  const { me, signal } = page;
  const some = await Promise.allSettled([namespaces(me, signal), all(repositories(me), { signal })]);
  const names = [...(some[0].value ?? []).map((one) => one.name),
    ...(some[1].value ?? []).map((one) => `${me.account_slug}/${one.slug}`)];
  fill(list, names.map((name) => h('option', { value: name })));
}

function deedFields(page, { required }) {
  const { query } = page;
  const id = unique('things');
  const names = h('datalist', { id });
  const action = choice({ name: 'action', label: t('policy.deed'),
    value: query.get('action') ?? (required ? 'container-registry.image.pull' : ''),
    options: [...(required ? [] : anyAction()), ...allActions()] });
  const thing = field({ name: 'name', label: t('policy.thing'), hint: t('policy.thing_hint'), mono: true,
    maxBytes: 1000, value: query.get('name') ?? '' });
  thing.input.setAttribute('list', id);
  const settle = () => { thing.node.hidden = action.value() === ''; };
  action.on(settle);
  settle();
  offer(page, names);
  // Laid out after a form has taken its fields.
  return { action, thing, lay: () => h('div', { class: 'policy-ask-fields' }, action.node, thing.node, names) };
}

function whomField(page, who, name) {
  const { me } = page;
  let chosen = { id: who, name };
  const said = h('strong', {}, who ? name : t('policy.nobody'));
  const line = h('div', { class: 'policy-who' }, said, button(t('policy.choose'), { on: async () => {
    chosen = await chooseWho(me, ['service', 'user']) ?? chosen;
    said.textContent = chosen.id ? chosen.name : t('policy.nobody');
  } }));
  const credential = field({ name: 'credential', label: t('policy.credential'), hint: t('policy.credential_hint'),
    mono: true, required: true, value: page.query.get('cred') ?? '' });
  const kind = choice({ name: 'whom', label: t('policy.ask_who'), kind: 'radio', options: [
    { value: 'me', label: t('policy.ask_me') }, { value: 'who', label: t('policy.ask_chosen') },
    { value: 'cred', label: t('policy.ask_credential') }],
  value: page.query.get('cred') ? 'cred' : who ? 'who' : 'me',
  check: (value) => (value === 'who' && !chosen.id ? t('policy.choose_who_first') : '') });
  const settle = () => { line.hidden = kind.value() !== 'who'; credential.node.hidden = kind.value() !== 'cred'; };
  kind.on(settle);
  settle();
  return { kind, credential, lay: () => h('div', { class: 'stack' }, kind.node, line, credential.node),
    who: () => chosen.id };
}

function askDo(page, who, name, secretly) {
  const whom = whomField(page, who, name);
  const deed = deedFields(page, { required: false });
  async function ask() {
    const query = { action: deed.action.value(), name: deed.action.value() && deed.thing.value() };
    if (whom.kind.value() === 'cred' && !PUBLIC.test(whom.credential.value())) {
      await secretly({ ...query, credential: whom.credential.value() });
      return;
    }
    if (whom.kind.value() === 'who') query.who = whom.who();
    if (whom.kind.value() === 'cred') query.cred = whom.credential.value();
    // Without anything chosen, "me" is asked about: an address for what has no parts.
    await page.go(address({ ...query, me: whom.kind.value() === 'me' && 'yes' }));
  }
  const fields = [whom.kind, whom.credential, deed.action, deed.thing];
  const node = form({ fields, submit: t('policy.ask'), run: ask });
  node.prepend(whom.lay(), deed.lay());
  return h('div', { class: 'policy-ask' }, node);
}

function askWho(page) {
  const deed = deedFields(page, { required: true });
  const node = form({ fields: [deed.action, deed.thing], submit: t('policy.ask'),
    run: () => page.go(address({ as: 'who', action: deed.action.value(), name: deed.thing.value() })) });
  node.prepend(deed.lay());
  return h('div', { class: 'policy-ask' }, node);
}

// --- about whom ------------------------------------------------------------

// A look at what a credential is; nothing ends.
async function look(page, what) {
  const { ended } = await post('/latchkey/v1/revoke', { what, dry_run: true }, { signal: page.signal });
  return ended[0];
}

// → { start: boxes, name, who: an identity to give a policy to, body: what is sent }
async function whomOf(page, { who, credential }) {
  const { me } = page;
  if (who) {
    const name = await subjectName(me, who);
    return { start: [identityBox(who, name)], name, who, body: { identity: who } };
  }
  if (!credential) {
    const name = me.name || me.email;
    return { start: [credentialBox('session', 'mine', t('policy.this_session')), identityBox(me.identity, name)],
      name: t('policy.me_name', { name }), who: me.identity, body: {} };
  }
  const found = await look(page, credential).catch(() => null);
  const own = found && ['user', 'service-id'].includes(found.kind);
  const first = own ? [] : [credentialBox(found?.kind, found?.id ?? 'pasted',
    found?.name || t('policy.this_credential'))];
  const name = found?.identity ? await subjectName(me, found.identity) : '';
  return { start: [...first, ...(name ? [identityBox(found.identity, name)] : [])], who: found?.identity,
    name: own ? name : first[0].name, body: { credential } };
}

// --- the answers -----------------------------------------------------------

async function why(page, one, name, book) {
  const href = `${to('access', 'policies', 'new')}?edit=${part(one.id)}`;
  const grant = await policyOf(one.id);
  const text = grant ? sentence(grant, grant.group ? await subjectName(page.me, grant.who) : name,
    { roles: await book(grant.service).catch(() => null), names: await thingNames(page.me, grant) }) : one.id;
  return h('li', {}, link(text, href), one.missing && [' ', badge(lackWords(one.missing), 'bad')]);
}

async function whys(page, said, name) {
  const book = roleBook(page.me, page.signal);
  const told = said.policies.filter((one) => said.may === (one.missing === '')).slice(0, 20);
  const items = await Promise.all(told.map((one) => why(page, one, name, book)));
  const head = said.by === 'owner' ? t('policy.why_owner') : said.may ? t('policy.why_policy')
    : t('policy.why_missing');
  if (items.length > 0 || said.by === 'owner')
    return stack(h('p', {}, head), items.length > 0 && h('ul', { class: 'policy-whys' }, items));
  return h('p', {}, said.by === 'nothing' ? t('policy.why_none') : byWords(said.by));
}

const verdict = (tone, word, text, more) => h('div', { class: 'policy-verdict', role: 'status' },
  word && badge(word, tone), h('h2', {}, text), more && h('span', { class: 'quiet' }, more));

// What a policy for it would be about, as far as one can tell.
function grantLink(whom, action, name) {
  const service = SERVICES.find((one) => action.startsWith(`${one}.`));
  const thing = service === 'container-registry' ? name.split('/')[0] : service === 'git' ? name.split('/').at(-1) : '';
  const query = new URLSearchParams({ who: whom.who, service, ...(thing && { name: thing }) });
  return link(t('policy.grant_it'), `${to('access', 'policies', 'new')}?${query}`, { class: 'button plain' });
}

async function answer(page, whom, { action, name }) {
  const body = { ...whom.body, ...(action && { action, ...(name && { resource: { name } }) }) };
  const said = await post('/latchkey/v1/explain', body, { signal: page.signal });
  if (!action) {
    if (said.rights.length === 0) return verdict('', '', t('policy.opens_nothing', { who: whom.name }));
    const { node, left } = await drawRights(page.me, whom.start, said.rights, whom.name);
    return stack(
      verdict('', '', t('policy.opens', { who: whom.name }), t('policy.opens_all', { n: said.rights.length })),
      node, left > 0 && h('p', { class: 'quiet' }, t('policy.more', { n: left })));
  }
  const values = { who: whom.name, deed: actionWord(action), thing: name };
  const text = said.may ? t(name ? 'policy.may_on' : 'policy.may', values)
    : t(name ? 'policy.may_not_on' : 'policy.may_not', values);
  return stack(verdict(said.may ? 'good' : 'bad', t(said.may ? 'policy.yes' : 'policy.no'), text),
    await drawAnswer(page.me, whom.start, said, action, name), await whys(page, said, whom.name),
    !said.may && said.by === 'nothing' && whom.who && h('p', {}, grantLink(whom, action, name)));
}

async function answerWho(page, action, name) {
  const asked = { action, ...(name && { resource: { name } }) };
  const { who, more } = await post('/latchkey/v1/explain/who', asked, { signal: page.signal });
  const head = verdict('', '',
    t(name ? 'policy.who_may_on' : 'policy.who_may', { deed: actionWord(action), thing: name }),
    who.length > 0 && t('policy.who_count', { n: who.length }));
  if (who.length === 0) return stack(head, empty(t('policy.who_nobody')));
  const lines = who.map((one) =>
    h('li', {}, one.name || one.id, h('span', { class: 'quiet' }, ` · ${byWords(one.by)}`)));
  return stack(head, more && hint('warn', t('policy.who_more')),
    await drawWho(page.me, who, action, name),
    who.length > 12 && disclosure(t('policy.more', { n: who.length - 12 }),
      h('ul', { class: 'policy-whys' }, lines.slice(12))));
}

// What the server will not explain is said in the place of the answer.
async function orWords(run) {
  try {
    return await run();
  } catch (e) {
    if (!(e instanceof ApiError) || e.status === 401) throw e;
    return hint('warn', e.status === 404 ? t('policy.nothing_known') : errorWords(e));
  }
}

// --- the page --------------------------------------------------------------

export async function show(page) {
  const { me, query } = page;
  const byThing = query.get('as') === 'who';
  const [who, cred, action, name] = ['who', 'cred', 'action', 'name'].map((one) => query.get(one) ?? '');
  const place = h('div', { class: 'policy-answer' });
  const say = async (asked) => fill(place, await orWords(async () => answer(page, await whomOf(page, asked), asked)));
  const named = who && await subjectName(me, who);
  const ask = byThing ? askWho(page) : askDo(page, who, named, say);
  if (byThing && action) fill(place, await orWords(() => answerWho(page, action, name)));
  else if (!byThing && (who || cred || action || query.get('me'))) await say({ who, credential: cred, action, name });
  return stack(heading(t('policy.explain'), { sub: t('policy.explain_sub') }),
    tabs([{ label: t('policy.explain_do'), href: to('access', 'explain'), current: !byThing },
      { label: t('policy.explain_who'), href: `${to('access', 'explain')}?as=who`, current: byThing }]),
    ask, place);
}
