// Every address of the console. Signing in is no address: it is what any address shows
// to who is not signed in.

import * as accessKeys from './pages/access_keys.js';
import * as apiKey from './pages/api_key.js';
import * as apiKeys from './pages/api_keys.js';
import * as audit from './pages/audit.js';
import * as connect from './pages/connect.js';
import * as explain from './pages/explain.js';
import * as group from './pages/group.js';
import * as groups from './pages/groups.js';
import * as image from './pages/image.js';
import * as images from './pages/images.js';
import * as invitation from './pages/invitation.js';
import * as keypair from './pages/keypair.js';
import * as keypairs from './pages/keypairs.js';
import * as me from './pages/me.js';
import * as namespaces from './pages/namespaces.js';
import * as overview from './pages/overview.js';
import * as policies from './pages/policies.js';
import * as policyNew from './pages/policy_new.js';
import * as repositories from './pages/repositories.js';
import * as repository from './pages/repository.js';
import * as revoke from './pages/revoke.js';
import * as server from './pages/server.js';
import * as servers from './pages/servers.js';
import * as serviceId from './pages/service_id.js';
import * as serviceIds from './pages/service_ids.js';
import * as sessions from './pages/sessions.js';
import * as sshKeys from './pages/ssh_keys.js';
import * as tokens from './pages/tokens.js';
import * as user from './pages/user.js';
import * as users from './pages/users.js';

export const ROUTES = [
  ['', overview],
  ['compute/keypairs', keypairs],
  ['compute/keypairs/{project}/{name}', keypair],
  ['compute/servers', servers],
  ['compute/servers/{project}/{name}', server],
  ['repositories', repositories],
  ['repositories/{repo}', repository],
  ['repositories/{repo}/settings/access-keys', accessKeys],
  ['registry/namespaces', namespaces],
  ['registry/images', images],
  ['registry/images/{name+}', image],
  ['registry/tokens', tokens],
  ['registry/connect', connect],
  ['access/users', users],
  ['access/users/{id}', user],
  ['access/service-ids', serviceIds],
  ['access/service-ids/{id}', serviceId],
  ['access/api-keys', apiKeys],
  ['access/api-keys/{id}', apiKey],
  ['access/groups', groups],
  ['access/groups/{id}', group],
  ['access/policies', policies],
  ['access/policies/new', policyNew],
  ['access/explain', explain],
  ['invitation', invitation],
  ['audit', audit],
  ['revoke', revoke],
  ['me/ssh-keys', sshKeys],
  ['me/sessions', sessions],
  ['me', me],
];
