// What a policy says, taken apart and put into a sentence. Policies are read and written
// in their second version, which can say all there is.
import { get } from './api.js';
import { andWords, deedPhrase, SERVICES, serviceWord, within } from './actions.js';
import { nameOf } from './iam.js';
import { readWhen, whenWords, writeWhen } from './when.js';
import { t } from './words.js';

// Which kinds of thing a policy on a service can be about.
export const TYPES = {
  'container-registry': ['namespace'],
  git: ['repository', 'project'],
  'key-pair': ['project'],
  server: ['project'],
  'iam-identity': ['serviceid'],
  'iam-groups': ['access-group'],
  'iam-access-management': ['serviceid'],
  audit: [],
};
export const REGIONAL = ['container-registry', 'git', 'key-pair', 'server'];

const ADMINISTRATOR = 'crn:v1:bluemix:public:iam::::role:Administrator';
const MANAGER = 'crn:v1:bluemix:public:iam::::serviceRole:Manager';
export const isAdministrator = (crn) => crn === ADMINISTRATOR;
export const isWide = (grant) => grant.type === '' && grant.names.length === 0 &&
  grant.roles.some((crn) => crn === ADMINISTRATOR || crn === MANAGER);

const KNOWN = new Set(['accountId', 'serviceName', 'region', 'resourceType', 'resource']);

// plain: there is nothing in what it is about that the parts do not say.
export function readGrant(policy) {
  const all = policy.resource.attributes;
  const values = (name) => [all.find((a) => a.key === name)?.value ?? []].flat();
  const one = (name) => values(name)[0] ?? '';
  const subject = policy.subject.attributes[0];
  return {
    id: policy.id, state: policy.state,
    group: subject.key === 'access_group_id', who: subject.value,
    service: one('serviceName'), region: one('region'), type: one('resourceType'), names: values('resource'),
    pattern: all.some((a) => a.key === 'resource' && /Match/.test(a.operator)),
    roles: policy.control.grant.roles.map((role) => role.role_id),
    roleNames: policy.control.grant.roles.map(roleName),
    when: readWhen(policy),
    plain: all.every((a) => KNOWN.has(a.key)) && !policy.resource.tags?.length &&
      SERVICES.includes(one('serviceName')) &&
      ['serviceName', 'region', 'resourceType'].every((name) => values(name).length < 2) &&
      all.every((a) => a.key === 'resource' || !/Match/.test(a.operator)),
  };
}

export const roleName = (role) => role.display_name ?? (role.role_id ?? role).split(':').at(-1);

const is = (key, value, operator = 'stringEquals') => ({ key, operator, value });

// One by itself, several as a list; a list with one pattern in it is one of patterns.
function named(names) {
  const operator = names.some((one) => /[*?]/.test(one)) ? 'stringMatch' : 'stringEquals';
  return names.length > 1 ? is('resource', names, `${operator}AnyOf`) : is('resource', names[0], operator);
}

// What is sent. attributes: what an edited policy is about, kept as it is.
export function writeGrant(account, grant, attributes) {
  return {
    type: 'access',
    subject: { attributes: [is(grant.group ? 'access_group_id' : 'iam_id', grant.who)] },
    control: { grant: { roles: grant.roles.map((crn) => ({ role_id: crn })) } },
    resource: attributes ?? { attributes: [
      is('accountId', account), is('serviceName', grant.service), grant.region && is('region', grant.region),
      grant.type && is('resourceType', grant.type),
      grant.names.length > 0 && named(grant.names),
    ].filter(Boolean) },
    ...writeWhen(grant.when),
  };
}

// --- names -----------------------------------------------------------------

const groups = new Map();

export function groupName(id) {
  if (!groups.has(id))
    groups.set(id, get(`/v2/groups/${encodeURIComponent(id)}`).then((group) => group.name, () => ''));
  return groups.get(id);
}

// An identity or a group by its name; where it has none that one may see, by its id.
export async function subjectName(me, id) {
  return (await (id.startsWith('AccessGroupId-') ? groupName(id) : nameOf(me, id))) || id;
}

// The names that stand in a policy, once, so that sentences can be said at once.
export async function thingNames(me, grant) {
  if (grant.type !== 'serviceid' && grant.type !== 'access-group') return grant.names;
  return Promise.all(grant.names.map((id) => (/[*?]/.test(id) ? id
    : subjectName(me, grant.type === 'serviceid' ? id.replace(/^(?:iam-)?/, 'iam-') : id))));
}

// --- roles -----------------------------------------------------------------

// All roles of a service with what each lets one do, and those that do nothing left out.
export function roleBook(me, signal) {
  const known = new Map();
  return (service) => {
    if (!known.has(service))
      known.set(service, get('/v2/roles', { query: { account_id: me.account, service_name: service }, signal })
        .then((all) => [...all.service_roles, ...all.system_roles, ...all.custom_roles]));
    return known.get(service);
  };
}

// --- sentences -------------------------------------------------------------

const TYPE_WORDS = new Set(['namespace', 'repository', 'project', 'serviceid', 'access-group']);

// "namespace birds", "namespaces birds and bees", "namespaces like b*", "all namespaces".
export function thingWords(type, names, pattern = false) {
  if (!TYPE_WORDS.has(type)) return [type, andWords(names)].filter(Boolean).join(' ');
  const word = type.replace('-', '_');
  return names.length === 0 ? t(`policy.all_${word}`)
    : pattern || names.some((name) => /[*?]/.test(name)) ? t(`policy.like_${word}`, { name: andWords(names) })
      : names.length > 1 ? t(`policy.some_${word}`, { names: andWords(names) })
        : t(`policy.one_${word}`, { name: names[0] });
}

// On what, without "in": "namespace birds of region local".
export function aimWords(grant, names = grant.names) {
  const thing = grant.type || names.length > 0 ? thingWords(grant.type, names, grant.pattern)
    : t('policy.whole_account');
  return grant.region ? t('policy.of_region', { thing, region: grant.region }) : thing;
}

// who, names: as they are called. roles: of the service, from its book; null: unknown.
export function sentence(grant, who, { roles, names = grant.names }) {
  const held = (roles ?? []).filter((role) => grant.roles.includes(role.crn));
  const actions = within(grant.service, grant.type, held.flatMap((role) => role.actions));
  const give = grant.roles.some(isAdministrator) && grant.service !== 'iam-access-management'
    ? [t('policy.give_access')] : [];
  const phrase = grant.plain ? deedPhrase(grant.service, actions) : '';
  const deeds = phrase || give.length > 0 ? andWords([phrase, ...give].filter(Boolean)) : '';
  const when = whenWords(grant.when);
  const values = { who, deeds, when, where: aimWords(grant, names), roles: andWords(grant.roleNames) };
  if (!grant.plain || (deeds === '' && held.length < grant.roles.length)) {
    const service = grant.service ? `${serviceWord(grant.service)} · ` : '';
    return t(when ? 'policy.says_roles_when' : 'policy.says_roles', { ...values, where: service + values.where });
  }
  if (deeds === '') return t('policy.says_nothing', values);
  return t(when ? 'policy.says_when' : 'policy.says', values);
}

// A policy with its grant, whose it is by name, and its sentence: names and roles are
// asked for before it is drawn, so that nothing jumps. who: where that is known.
export async function told(me, book, policy, who) {
  const grant = readGrant(policy);
  const roles = await book(grant.service).catch(() => null);
  const [name, names] = await Promise.all([who || subjectName(me, grant.who), thingNames(me, grant)]);
  return { ...grant, policy, name, text: sentence(grant, name, { roles, names }) };
}
