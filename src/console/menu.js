// The left menu: [text, path] in groups.
export const MENU = [
  { head: null, items: [['shell.overview', '']] },
  { head: 'shell.compute', items: [['shell.keypairs', 'compute/keypairs'], ['shell.servers', 'compute/servers']] },
  { head: 'shell.git', items: [['shell.repositories', 'repositories'], ['shell.ssh_keys', 'me/ssh-keys']] },
  {
    head: 'shell.registry',
    items: [['shell.namespaces', 'registry/namespaces'], ['shell.images', 'registry/images'],
      ['shell.tokens', 'registry/tokens'], ['shell.connect', 'registry/connect']],
  },
  {
    head: 'shell.access',
    items: [['shell.users', 'access/users'], ['shell.service_ids', 'access/service-ids'],
      ['shell.api_keys', 'access/api-keys'],
      ['shell.groups', 'access/groups'], ['shell.policies', 'access/policies'], ['shell.explain', 'access/explain']],
  },
  { head: 'shell.trail', items: [['shell.audit', 'audit'], ['shell.revoke', 'revoke']] },
];
