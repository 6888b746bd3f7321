// What the server explains, drawn: from a credential or an identity, by groups and
// policies, to what it opens; and who it is that opens one thing.
import { get, part, post } from './api.js';
import { actionWord, andWords, serviceWord } from './actions.js';
import { aimWords, groupName, readGrant, thingNames, thingWords } from './grant.js';
import { isService, pageOf } from './iam.js';
import { picture } from './picture.js';
import { to } from './route.js';
import { section } from './ui.js';
import { t } from './words.js';

const DRAWN = 12; // policies in one picture

const BY = {
  owner: () => t('policy.by_owner'), operator: () => t('policy.by_operator'), self: () => t('policy.by_self'),
  policy: () => t('policy.by_policy'), token: () => t('policy.by_token'), 'access-key': () => t('policy.by_access_key'),
  anybody: () => t('policy.by_anybody'), credential: () => t('policy.by_credential'), ended: () => t('policy.by_ended'),
  nothing: () => t('policy.by_nothing'),
};
const LACKS = {
  role: () => t('policy.lacks_role'), resource: () => t('policy.lacks_resource'),
  'resource type': () => t('policy.lacks_type'),
  region: () => t('policy.lacks_region'), time: () => t('policy.lacks_time'),
};
export const byWords = (by) => BY[by]?.() ?? by;
export const lackWords = (missing) => LACKS[missing]?.() ?? t('policy.lacks', { what: missing });

// --- boxes -----------------------------------------------------------------

const HEADS = {
  service: () => t('policy.kind_service'), user: () => t('policy.kind_user'),
  'registry-token': () => t('policy.kind_token'),
  'access-key': () => t('policy.kind_access_key'), 'api-key': () => t('policy.kind_key'),
  session: () => t('policy.kind_session'),
};
const SIGNS = { 'registry-token': 'token', 'api-key': 'key' };
const ADDRESSES = { 'registry-token': () => to('registry', 'tokens'), 'api-key': (id) => to('access', 'api-keys', id) };

export const identityBox = (id, name) => ({ id, name, kind: isService(id) ? 'service' : 'user',
  head: HEADS[isService(id) ? 'service' : 'user'](), href: `/console/${pageOf(id)}` });

export const credentialBox = (kind, id, name) => ({ id: `credential ${id}`, name, kind: SIGNS[kind] ?? kind,
  head: HEADS[kind]?.() ?? t('policy.kind_credential'), href: ADDRESSES[kind]?.(id) });

const groupBox = async (id) => ({ id, kind: 'group', head: t('policy.kind_group'), name: await groupName(id) || id,
  href: to('access', 'groups', id) });

// What a policy says now; null where one may not see it.
export function policyOf(id) {
  return get(`/v2/policies/${part(id)}`, { query: { format: 'display' } }).then(readGrant, () => null);
}

async function policyBox(me, id, role, tone) {
  const grant = await policyOf(id);
  return { id, kind: 'policy', head: t('policy.kind_policy'), tone,
    href: `${to('access', 'policies', 'new')}?edit=${part(id)}`,
    name: grant ? grant.roleNames.join(', ') : role.split(':').at(-1),
    sub: grant && aimWords(grant, await thingNames(me, grant)) };
}

const THINGS = {
  namespace: (name) => `${to('registry', 'images')}?namespace=${part(name)}`,
  repository: (name) => to('repositories', name),
  serviceid: (name) => to('access', 'service-ids', name), 'access-group': (name) => to('access', 'groups', name),
};

export const thingBox = (action, name, tone) => ({ id: 'thing', kind: 'thing', tone, head: actionWord(action),
  name: name || t('policy.whole_account') });

// --- lines -----------------------------------------------------------------

// Columns fill as boxes are named; what is there already is not drawn twice.
class Drawing {
  constructor(start) {
    this.start = start;
    this.groups = new Map();
    this.policies = new Map();
    this.things = new Map();
    this.edges = new Map();
    start.forEach((box, i) => { if (i > 0) this.join(start[i - 1].id, box.id); });
  }

  get last() { return this.start.at(-1)?.id; }

  join(a, b, more) { this.edges.set(`${a} ${b}`, [a, b, more]); }

  async policy(me, { id, group, role = '' }, from, tone) {
    if (!this.policies.has(id)) this.policies.set(id, await policyBox(me, id, role, tone));
    if (!group) this.join(from, id);
    else {
      if (!this.groups.has(group)) this.groups.set(group, await groupBox(group));
      this.join(from, group);
      this.join(group, id);
    }
  }

  node(label, before = this.start.map((box) => [box])) {
    const columns = [...before, [...this.groups.values()], [...this.policies.values()], [...this.things.values()]];
    return picture({ label, columns, edges: [...this.edges.values()] });
  }
}

// start: boxes from the credential on. → a picture of one answer, yes or no.
export async function drawAnswer(me, start, { may, by, policies }, action, name) {
  const drawing = new Drawing(start);
  const thing = thingBox(action, name, may ? 'good' : 'bad');
  drawing.things.set(thing.id, thing);
  const told = policies.filter((one) => may === (one.missing === '')).slice(0, DRAWN);
  for (const one of told) {
    await drawing.policy(me, one, drawing.last, may ? '' : 'bad');
    drawing.join(one.id, thing.id, one.missing ? { text: lackWords(one.missing), tone: 'bad' } : undefined);
  }
  if (told.length === 0) drawing.join(drawing.last, thing.id, { text: byWords(by), tone: may ? '' : 'bad' });
  return drawing.node(thing.head);
}

async function rightBox(me, right) {
  const { service, type, resource, region } = right;
  const id = `right ${service} ${type} ${resource} ${region}`;
  if (!service && !type && !resource) return { id, kind: 'account', name: t('policy.whole_account'), tone: 'good' };
  const whole = type === '' && resource === '';
  const names = await thingNames(me, { type, names: resource.split(', ').filter(Boolean) });
  const known = ['namespace', 'repository', 'project', 'serviceid', 'access-group'].includes(type);
  const thing = whole ? t('policy.everything_here') : known && resource ? andWords(names) : thingWords(type, names);
  const head = [service && serviceWord(service), known && resource && t(`policy.type_${type.replace('-', '_')}`)];
  return { id, kind: type || service, head: head.filter(Boolean).join(' · '), tone: right.now ? 'good' : 'bad',
    name: region ? t('policy.of_region', { thing, region }) : thing,
    href: resource && !/[*?,]/.test(resource) ? THINGS[type]?.(resource) : undefined };
}

// Everything that is open. → { node, left }: left: how many are not drawn.
export async function drawRights(me, start, rights, label) {
  const drawing = new Drawing(start);
  // What comes by a group below the rest, so that lines seldom cross.
  const sorted = [...rights].sort((a, b) => (a.group !== '') - (b.group !== ''));
  for (const right of sorted.slice(0, DRAWN)) {
    const box = await rightBox(me, right);
    drawing.things.set(box.id, box);
    const text = right.condition || undefined;
    if (right.policy === '') {
      drawing.join(drawing.last, box.id, { text: right.roles === 'Owner' ? byWords('owner') : right.roles || text });
    } else {
      await drawing.policy(me, { ...right, id: right.policy }, drawing.last);
      drawing.join(right.policy, box.id, right.now ? { text } : { text: t('policy.lacks_time'), tone: 'bad' });
    }
  }
  return { node: drawing.node(label), left: Math.max(0, rights.length - DRAWN) };
}

// Those who may do one thing, and by what.
export async function drawWho(me, who, action, name) {
  const drawing = new Drawing([]);
  const thing = thingBox(action, name, 'good');
  drawing.things.set(thing.id, thing);
  const boxes = [];
  for (const one of who.slice(0, DRAWN)) {
    const box = one.kind === 'user' || one.kind === 'service' ? identityBox(one.id, one.name || one.id)
      : credentialBox(one.kind, one.id, one.name || one.id);
    boxes.push(box);
    if (one.by !== 'policy') drawing.join(box.id, thing.id, { text: byWords(one.by) });
    else {
      await drawing.policy(me, one.policy, box.id);
      drawing.join(one.policy.id, thing.id);
    }
  }
  return drawing.node(thing.head, [boxes]);
}

// "What this opens", for the page of somebody. Nothing where one may not ask.
export async function opensSection(page, identity, name) {
  try {
    const { rights } = await post('/latchkey/v1/explain', { identity }, { signal: page.signal });
    if (rights.length === 0) return null;
    const { node } = await drawRights(page.me, [identityBox(identity, name)], rights, name);
    return section(t('policy.opens_head'), node);
  } catch (e) {
    if (e.status === 403 || e.status === 404) return null;
    throw e;
  }
}
