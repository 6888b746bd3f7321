// What the services of an account let one do, in words. An action is a deed on objects
// ("pull" on "images"), so a role or a policy is told by what its actions have in common.
import { once } from './once.js';
import { language, t } from './words.js';

// Apart, so that nobody takes an action for the name of a text.
const POLICY = 'policy';

// service → objects → deed → actions of that service. Where a deed has several actions,
// one of them is enough to say it.
const TABLE = {
  'container-registry': {
    images: { pull: ['image.pull'], push: ['image.push'], delete: ['image.delete'],
      restore: ['trash.restore'], inspect: ['image.inspect'], list: ['image.list', 'trash.list'] },
    namespaces: { list: ['namespace.list'], create: ['namespace.create'], change: ['namespace.update'],
      delete: ['namespace.delete'] },
    limits: { see: ['quota.get'], change: ['quota.set'] },
    retention: { see: ['retention.get'], try: ['retention.analyze'], change: ['retention.set'] },
    tokens: { create: ['registrytoken.create'], see: ['registrytoken.get'], list: ['registrytoken.list'],
      delete: ['registrytoken.delete'] },
  },
  git: {
    repositories: { read: ['repository.read'], push: ['repository.push'], force: ['repository.force'],
      list: ['repository.list', 'repository.show'], create: ['repository.create'], change: ['repository.update'],
      delete: ['repository.delete'] },
    access_keys: { list: ['accesskey.list'], add: ['accesskey.create'], change: ['accesskey.update'],
      delete: ['accesskey.delete'] },
    projects: { list: ['project.list'], create: ['project.create'], change: ['project.update'],
      delete: ['project.delete'] },
  },
  'key-pair': {
    key_pairs: { list: ['keypair.list'], create: ['keypair.create'], import: ['keypair.import'],
      delete: ['keypair.delete'] },
  },
  server: {
    servers: { list: ['server.list'], create: ['server.create'], key: ['server.setkey'], seed: ['server.seed'],
      delete: ['server.delete'] },
  },
  'iam-identity': {
    users: { list: ['user.list'], invite: ['user.create'], change: ['user.update'], remove: ['user.delete'] },
    service_ids: { list: ['serviceid.list', 'serviceid.get'], create: ['serviceid.create'],
      change: ['serviceid.update'], delete: ['serviceid.delete'] },
    api_keys: { list: ['apikey.list', 'apikey.get'], create: ['apikey.create'], change: ['apikey.update'],
      delete: ['apikey.delete'] },
    passwords: { set: ['password.set'] },
    ssh_keys: { list: ['sshkey.list'], add: ['sshkey.create'], change: ['sshkey.update'], delete: ['sshkey.delete'] },
    sessions: { list: ['session.list'], end: ['session.end'] },
    settings: { see: ['account.settings.get'], change: ['account.settings.set', 'account.update'] },
    activity: { see: ['activity.read'] },
  },
  'iam-groups': {
    groups: { list: ['group.list'], create: ['group.create'], change: ['group.update'], delete: ['group.delete'] },
    members: { add: ['member.add'], remove: ['member.remove'] },
  },
  'iam-access-management': {
    policies: { list: [`${POLICY}.list`], explain: [`${POLICY}.explain`], create: [`${POLICY}.create`],
      change: [`${POLICY}.update`], delete: [`${POLICY}.delete`] },
    roles: { create: ['role.create'], change: ['role.update'], delete: ['role.delete'] },
  },
  audit: { trail: { read: ['read'] } },
};

// What a sentence leaves to the list of what a role lets one do.
const MINOR = new Set(['limits', 'retention', 'activity', 'ssh_keys', 'sessions']);
const MINOR_DEEDS = { namespaces: ['list'], projects: ['list'] };

export const SERVICES = Object.keys(TABLE);

export const serviceWord = (service) => (SERVICES.includes(service)
  ? t(`policy.service_${service.replaceAll('-', '_')}`) : service);

// What a policy on things of one kind can grant: the rest is about the whole account.
// By how the actions begin, behind the service.
const WITHIN = {
  namespace: ['image.', 'trash.', 'retention.', 'namespace.list', 'namespace.update'],
  repository: ['repository.read', 'repository.push', 'repository.force', 'repository.list', 'repository.show',
    'repository.update', 'repository.delete', 'accesskey.'],
  project: ['repository.', 'accesskey.', 'project.list', 'project.update', 'project.delete', 'keypair.', 'server.'],
  serviceid: ['serviceid.get', 'serviceid.update', 'serviceid.delete', 'apikey.', `${POLICY}.`],
  'access-group': ['group.list', 'group.update', 'group.delete', 'member.'],
};

export function within(service, type, actions) {
  return WITHIN[type] ? actions.filter((name) => WITHIN[type].some((head) => name.startsWith(`${service}.${head}`)))
    : actions;
}

// In English without a comma before "and"; in Korean with the dot that such lists have.
const and = once(() => new Intl.ListFormat(language === 'en' ? 'en-GB' : language, { type: 'conjunction' }));
const every = (words) => (language === 'ko' ? words.join(', ') : and().format(words));
const closely = (words) => (language === 'ko' ? words.join('·') : and().format(words));
export { every as andWords };

const objectsOf = (service, actions) => Object.entries(TABLE[service] ?? {}).map(([objects, deeds]) => ({
  objects,
  whole: Object.values(deeds).flat().every((name) => actions.has(`${service}.${name}`)),
  many: Object.keys(deeds).length > 2,
  deeds: Object.keys(deeds).filter((deed) => deeds[deed].some((name) => actions.has(`${service}.${name}`))),
})).filter((one) => one.deeds.length > 0);

const deedsWord = (objects, deeds) =>
  t(`policy.of_${objects}`, { deeds: closely(deeds.map((deed) => t(`policy.deed_${deed}`))) });

// "pull, push and delete images", one a line: all that these actions let one do.
export function deedLines(service, actions) {
  const held = new Set(actions);
  const lines = objectsOf(service, held).map((one) => deedsWord(one.objects, one.deeds));
  const known = new Set(Object.values(TABLE[service] ?? {}).flatMap((deeds) => Object.values(deeds).flat())
    .map((name) => `${service}.${name}`));
  return [...lines, ...[...held].filter((name) => !known.has(name))];
}

// The same for a sentence: what matters, and shorter where it is everything.
export function deedPhrase(service, actions) {
  const found = objectsOf(service, new Set(actions));
  const major = found.filter((one) => !MINOR.has(one.objects))
    .map((one) => ({ ...one, said: one.deeds.filter((deed) => !MINOR_DEEDS[one.objects]?.includes(deed)) }))
    .filter((one) => one.said.length > 0);
  const shown = major.length > 0 ? major : found.map((one) => ({ ...one, said: one.deeds }));
  const whole = shown.filter((one) => one.whole && one.many).map((one) => t(`policy.objects_${one.objects}`));
  const rest = shown.filter((one) => !(one.whole && one.many)).map((one) => deedsWord(one.objects, one.said));
  return every([...rest, ...(whole.length > 0 ? [t('policy.everything', { objects: every(whole) })] : [])]);
}

// Every action of a service with its words, for somebody to choose from.
export function actionsOf(service) {
  return Object.entries(TABLE[service] ?? {}).flatMap(([objects, deeds]) => Object.entries(deeds).map(
    ([deed, [name]]) => ({ value: `${service}.${name}`, label: deedsWord(objects, [deed]) })));
}

export function actionWord(action) {
  const service = SERVICES.find((one) => action.startsWith(`${one}.`));
  for (const [objects, deeds] of Object.entries(TABLE[service] ?? {}))
    for (const [deed, names] of Object.entries(deeds))
      if (names.includes(action.slice(service.length + 1))) return deedsWord(objects, [deed]);
  return action;
}
