// Bitbucket's client from npm, unchanged, against a latchkey server. Prints TAP.
//   node bitbucket.js URL API-KEY-FILE FOLDER-OF-KEYS
'use strict';
const fs = require('fs');
const path = require('path');
const { Bitbucket } = require('bitbucket');
const { ok, done } = require('./tap.js');

const [url, file, folder] = process.argv.slice(2);
const { apikey } = JSON.parse(fs.readFileSync(file, 'utf8'));
const workspace = 'nest';
const bitbucket = new Bitbucket({
  baseUrl: `${url}/2.0`,
  auth: { username: 'somebody@nest.example', password: apikey },
  notice: false,
});

function key(n) {
  return fs.readFileSync(path.join(folder, `k${n}.pub`), 'utf8').trim();
}

// The error that a call throws; its status is 0 when it throws none.
async function refusal(call) {
  try {
    await call;
  } catch (e) {
    return e;
  }
  return { status: 0, message: 'it went through', error: {} };
}

async function whoIsIt() {
  const { data, status } = await bitbucket.user.get({});
  ok(status === 200 && data.type === 'user', 'user.get');
  ok(/^\{[0-9a-f-]{36}\}$/.test(data.uuid) && data.account_id.length > 0,
    'has a uuid and an account id');
  return data.uuid;
}

async function workspaces() {
  const all = (await bitbucket.workspaces.getWorkspaces({})).data;
  ok(all.values.length === 1 && all.values[0].slug === workspace,
    'workspaces.getWorkspaces');
  const one = (await bitbucket.workspaces.getWorkspace({
    workspace: all.values[0].uuid,
  })).data;
  ok(one.slug === workspace, 'workspaces.getWorkspace by uuid');
}

async function projects() {
  const made = await bitbucket.projects.createProject({
    workspace, _body: { key: 'WEB', name: 'Web', is_private: true },
  });
  ok(made.status === 201 && made.data.key === 'WEB', 'projects.createProject');
  const put = await bitbucket.projects.createOrUpdateProject({
    workspace, project_key: 'WEB', _body: { name: 'Web sites' },
  });
  ok(put.status === 200 && put.data.name === 'Web sites',
    'projects.createOrUpdateProject');
  const list = (await bitbucket.workspaces.getProjects({ workspace })).data;
  ok(list.size === 2, 'workspaces.getProjects');
  const extra = await bitbucket.projects.createOrUpdateProject({
    workspace, project_key: 'OLD', _body: { name: 'Old' },
  });
  ok(extra.status === 201, 'which also makes one');
  const gone = await bitbucket.projects.deleteProject({
    workspace, project_key: 'OLD',
  });
  ok(gone.status === 204 && gone.data === '', 'projects.deleteProject');
}

async function repositories() {
  const made = await bitbucket.repositories.create({
    workspace,
    repo_slug: 'test',
    _body: { scm: 'git', is_private: true, project: { key: 'WEB' } },
  });
  ok(made.status === 200 && made.data.full_name === `${workspace}/test`,
    'repositories.create');
  ok(made.data.links.clone.some((l) => l.name === 'ssh' &&
    l.href.endsWith(`${workspace}/test.git`)), 'and how to clone it');
  const got = (await bitbucket.repositories.get({
    workspace: made.data.workspace.uuid, repo_slug: made.data.uuid,
  })).data;
  ok(got.uuid === made.data.uuid, 'repositories.get by uuids');
  const put = (await bitbucket.repositories.update({
    workspace, repo_slug: 'test', _body: { description: 'for people' },
  })).data;
  ok(put.description === 'for people' && put.slug === 'test',
    'repositories.update');
  for (const slug of ['aaa', 'bbb', 'zzz'])
    await bitbucket.repositories.create({ workspace, repo_slug: slug });
  const seen = [];
  let { data } = await bitbucket.repositories.list({ workspace, pagelen: 3 });
  seen.push(...data.values.map((r) => r.slug));
  ok(bitbucket.hasNextPage(data), 'repositories.list has another page');
  ({ data } = await bitbucket.getNextPage(data));
  seen.push(...data.values.map((r) => r.slug));
  ok(seen.join() === 'aaa,bbb,test,zzz' && !bitbucket.hasNextPage(data),
    'getNextPage has the rest');
  ({ data } = await bitbucket.repositories.list({
    workspace, pagelen: 3, page: '2',
  }));
  ok(data.values.length === 1 && data.values[0].slug === 'zzz',
    'as has the second page by number');
  ({ data } = await bitbucket.repositories.listGlobal({ role: 'member' }));
  ok(data.values.length === 4, 'repositories.listGlobal');
  ({ data } = await bitbucket.repositories.list({
    workspace, q: 'project.key="WEB"',
  }));
  ok(data.values.length === 1, 'repositories.list of a project');
  const gone = await bitbucket.repositories.delete({
    workspace, repo_slug: 'zzz',
  });
  ok(gone.status === 204 && gone.data === '', 'repositories.delete');
  const e = await refusal(bitbucket.repositories.get({
    workspace, repo_slug: 'zzz',
  }));
  ok(e.status === 404 && e.message === 'Not Found' &&
    e.error.type === 'error' && e.error.error.message.length > 0,
  'what is gone is Not Found');
}

async function deployKeys() {
  const at = { workspace, repo_slug: 'test' };
  const made = await bitbucket.repositories.createDeployKey({
    ...at, key: key(1), label: 'web-1',
  });
  ok(made.status === 200 && made.data.type === 'deploy_key',
    'repositories.createDeployKey');
  ok(key(1).startsWith(made.data.key) && made.data.comment === 'k1',
    'gives the key back without its comment');
  const twice = await refusal(bitbucket.repositories.createDeployKey({
    ...at, key: key(1), label: 'web-1',
  }));
  ok(twice.status === 400 && twice.message === 'Bad Request' &&
    twice.error.error.fields.key.length === 1, 'and takes it once only');
  const keyId = String(made.data.id);
  const got = (await bitbucket.deploy.getKey({ ...at, key_id: keyId })).data;
  ok(got.label === 'web-1', 'deploy.getKey');
  const put = (await bitbucket.repositories.updateDeployKey({
    ...at, key_id: keyId, _body: { key: key(1), label: 'web-2' },
  })).data;
  ok(put.label === 'web-2', 'repositories.updateDeployKey');
  const bare = await bitbucket.repositories.updateDeployKey({
    ...at, key_id: keyId,
  });
  ok(bare.status === 200 && bare.data.label === 'web-2', 'also with nothing');
  for (let n = 2; n <= 25; n += 1)
    await bitbucket.deploy.createKey({ ...at, key: key(n), label: `k${n}` });
  let { data } = await bitbucket.repositories.listDeployKeys(at);
  const ids = data.values.map((k) => k.id);
  let pages = 1;
  while (bitbucket.hasNextPage(data)) {
    ({ data } = await bitbucket.getNextPage(data));
    ids.push(...data.values.map((k) => k.id));
    pages += 1;
  }
  ok(pages === 3 && new Set(ids).size === 25, '25 keys on three pages');
  ok(data.size === 25 && data.page === 3, 'which are counted');
  ({ data } = await bitbucket.getPreviousPage(data));
  ok(data.page === 2 && data.values[0].id === ids[10], 'getPreviousPage');
  const gone = await bitbucket.repositories.deleteDeployKey({
    ...at, key_id: keyId,
  });
  ok(gone.status === 204 && gone.data === '', 'repositories.deleteDeployKey');
  const e = await refusal(bitbucket.repositories.getDeployKey({
    ...at, key_id: keyId,
  }));
  ok(e.status === 404, 'and then it is not found');
}

async function projectKeys() {
  const at = { workspace, project_key: 'WEB' };
  const made = await bitbucket.workspaces.createProjectDeployKey({
    ...at, _body: { key: key(1), label: 'all of them' },
  });
  ok(made.status === 200 && made.data.type === 'project_deploy_key',
    'workspaces.createProjectDeployKey');
  const list = (await bitbucket.workspaces.listProjectDeployKeys(at)).data;
  const gone = await bitbucket.deployments.deleteProjectDeployKey({
    ...at, key_id: String(made.data.id),
  });
  ok(list.size === 1 && gone.status === 204,
    'workspaces.listProjectDeployKeys, deployments.deleteProjectDeployKey');
}

async function userKeys(uuid) {
  const at = { selected_user: uuid };
  const made = await bitbucket.users.createSshKey({
    ...at, _body: { key: key(26), label: 'laptop' },
  });
  ok(made.status === 201 && made.data.type === 'ssh_key',
    'users.createSshKey');
  const put = (await bitbucket.ssh.updateKey({
    ...at, key_id: made.data.uuid, _body: { comment: 'mine' },
  })).data;
  const list = (await bitbucket.ssh.listKeys(at)).data;
  ok(put.comment === 'mine' && list.values[0].uuid === made.data.uuid,
    'ssh.updateKey, ssh.listKeys');
  const gone = await bitbucket.ssh.deleteKey({
    ...at, key_id: made.data.uuid,
  });
  ok(gone.status === 204, 'ssh.deleteKey');
}

async function strangers() {
  const none = new Bitbucket({ baseUrl: `${url}/2.0`, notice: false });
  const e = await refusal(none.user.get({}));
  ok(e.status === 401 && e.message === 'Unauthorized' &&
    e.error.type === 'error', 'nobody is Unauthorized');
}

async function main() {
  const uuid = await whoIsIt();
  await workspaces();
  await projects();
  await repositories();
  await deployKeys();
  await projectKeys();
  await userKeys(uuid);
  await strangers();
  done();
}

main().catch((e) => {
  console.log(`Bail out! ${e.status} ${e.message} ${JSON.stringify(e.error)}`);
  process.exitCode = 1;
});
