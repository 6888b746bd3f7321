// Users, service IDs, API keys and groups, as somebody walks through them; what came of
// it is looked at from outside, with the credentials that the pages gave.
import fs from 'node:fs';
import { counted, ok, play, same } from './browser.mjs';

const PASSWORD = 'a nest of moss and hair';

await play(async ({ at, go, ready, say, axe, fits, shot, api, url, apikey }) => {
  const field = (key) => `Basic ${Buffer.from(`iamapikey:${key}`).toString('base64')}`;
  // May somebody come in with this value?
  const opens = async (key) => (await fetch(`${url}/latchkey/v1/whoami`, {
    headers: { Authorization: field(key) },
  })).status === 200;
  const press = (where, name) => where.getByRole('button', { name, exact: true }).click();
  const top = (page) => page.locator('dialog[open]').last();
  // The value that is shown once; the dialog is left by its only button.
  const kept = async (page) => {
    await top(page).locator('.secret-value').waitFor();
    const value = await top(page).locator('.secret-value').innerText();
    return value.trim();
  };
  const close = async (page) => {
    await press(top(page), say('access.have_it'));
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
  };
  const said = (page, text) => page.locator('.toast', { hasText: text }).first().waitFor();
  const rows = (page) => page.locator('.list-row');
  const account = async () => (await api('GET', '/latchkey/v1/whoami')).data.account;
  const main = (page) => page.locator('main');

  async function serviceId(language) {
    const name = `ci-${language}`;
    const page = await at('access/service-ids', { language });
    ok(await page.getByText(say('access.service_advice_head')).isVisible(),
      `${language}: the page says to make one for each kind of access`);
    await press(main(page), say('access.create'));
    await top(page).getByLabel(say('access.name')).fill(name);
    await press(top(page), say('access.create'));
    const key = await kept(page);
    ok(await opens(key), `${language}: the key that is shown with a new service ID opens`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    ok(await top(page).isVisible(), `${language}: what is shown once is closed by its button alone`);
    const file = page.waitForEvent('download');
    await press(top(page), say('access.key_file'));
    const told = JSON.parse(fs.readFileSync(await (await file).path(), 'utf8'));
    same([told.name, told.apikey, Object.keys(told).join()], [name, key, 'name,description,createdAt,apikey'],
      `${language}: the file is one that the command line reads`);
    await axe(page, `${language}: axe-core finds nothing where a key is shown`);
    await shot(page, `access-key-${language}`);
    await close(page);
    await page.waitForURL(/service-ids\/ServiceId-/);
    await ready(page);
    ok(!(await page.content()).includes(key), `${language}: and then it is nowhere in the page`);
    await felt(page, language, name, key);
    await keysOf(page, language, name, key);
    await axe(page, `${language}: axe-core finds nothing on a service ID's page`);
    await shot(page, `access-service-id-${language}`, { fullPage: true });
    await page.context().close();
  }

  // Disabled and locked, as it is felt outside at once.
  async function felt(page, language, name, key) {
    const head = page.locator('.heading');
    await press(head, say('access.disable'));
    await press(top(page), say('access.disable'));
    await said(page, say('access.done_disable', { name }));
    ok(!await opens(key), `${language}: disabled, its key opens nothing`);
    await press(head, say('access.enable'));
    await head.getByRole('button', { name: say('access.disable'), exact: true }).waitFor();
    ok(await opens(key), `${language}: enabled, it opens again`);
    await press(head, say('access.lock'));
    await head.getByRole('button', { name: say('access.unlock'), exact: true }).waitFor();
    ok(await opens(key), `${language}: locked, it opens`);
    same([await page.getByRole('button', { name: say('access.edit'), exact: true }).count(),
      await head.getByRole('button', { name: say('access.delete'), exact: true }).count(),
      await page.getByRole('button', { name: say('access.create'), exact: true }).count()], [0, 0, 0],
    `${language}: and neither changes, nor goes, nor gets a key`);
    await press(head, say('access.unlock'));
    await head.getByRole('button', { name: say('access.lock'), exact: true }).waitFor();
  }

  async function keysOf(page, language, name, key) {
    await rows(page).first().locator('input[type=checkbox]').check();
    await press(main(page), say('access.rotate'));
    await top(page).getByLabel(say('access.rotate_hour')).check();
    await press(top(page), say('access.rotate'));
    const next = await kept(page);
    await close(page);
    ok(next !== key && await opens(key) && await opens(next), `${language}: rotated with an overlap, both keys open`);
    await rows(page).nth(1).waitFor();
    const old = rows(page).filter({ hasText: say('access.ends_soon') });
    same(await counted(old, 1), 1, `${language}: and the old one is seen to end`);
    await old.locator('a.row-link').click();
    await ready(page);
    await press(main(page), say('access.lock'));
    await page.getByText(say('access.key_locked_hint')).waitFor();
    await press(main(page), say('access.disable'));
    await press(top(page), say('access.disable'));
    await main(page).getByRole('button', { name: say('access.enable'), exact: true }).waitFor();
    ok(!await opens(key), `${language}: a locked key is disabled all the same`);
    ok(await opens(next), `${language}: which the new one is not`);
    await press(main(page), say('access.unlock'));
    await main(page).getByRole('button', { name: say('access.lock'), exact: true }).waitFor();
    await axe(page, `${language}: axe-core finds nothing on a key's page`);
    await shot(page, `access-key-page-${language}`, { fullPage: true });
    await press(main(page), say('access.delete'));
    await press(top(page), say('access.delete'));
    await page.waitForURL(/api-keys$/);
    await page.goBack();
    await page.waitForURL(/service-ids\/ServiceId-/);
    // The address changes before the page does.
    await rows(page).locator('.row-link').getByText(name, { exact: true }).waitFor();
    same(await rows(page).locator('.row-link').allInnerTexts(), [name],
      `${language}: deleted, it is gone from the list`);
    ok(await opens(next), `${language}: and the new one still opens`);
  }

  async function ownKeys(language) {
    const name = `laptop-${language}`;
    const page = await at('access/api-keys', { language });
    await press(main(page), say('access.create'));
    await top(page).getByLabel(say('access.name')).fill(name);
    await press(top(page), say('access.create'));
    const key = await kept(page);
    await close(page);
    ok(await opens(key), `${language}: a key of one's own opens`);
    const row = rows(page).filter({ hasText: name });
    await row.waitFor();
    ok(/\d/.test(await row.innerText()), `${language}: it has an end unless one says otherwise`);
    await stale(page, language, name);
    await go(page, 'access/api-keys');
    await rows(page).filter({ hasText: name }).locator('input[type=checkbox]').check();
    await press(main(page), say('access.delete'));
    await press(top(page), say('access.delete'));
    await said(page, say('access.done_delete', { name }));
    ok(!await opens(key), `${language}: deleted, it opens nothing`);
    await page.getByRole('link', { name: say('access.all_of_account') }).click();
    await rows(page).filter({ hasText: `ci-${language}` }).first().waitFor();
    ok(true, `${language}: all of the account has those of service IDs`);
    await axe(page, `${language}: axe-core finds nothing on the account's keys`);
    await shot(page, `access-api-keys-${language}`);
    await page.context().close();
  }

  // Who was not first is told so, and nothing of theirs is saved.
  async function stale(page, language, name) {
    await rows(page).filter({ hasText: name }).locator('a.row-link').click();
    await ready(page);
    await press(main(page), say('access.edit'));
    await top(page).getByLabel(say('access.description')).fill('mine');
    const id = decodeURIComponent(page.url().split('/').at(-1));
    const reply = await fetch(`${url}/v1/apikeys/${id}`, { method: 'PUT',
      headers: { 'If-Match': '*', 'Content-Type': 'application/json', Authorization: field(apikey) },
      body: JSON.stringify({ description: 'theirs' }) });
    same(reply.status, 200, `${language}: somebody else changes it meanwhile`);
    await press(top(page), say('access.save'));
    await top(page).getByText(say('access.stale_more')).waitFor();
    same((await api('GET', `/v1/apikeys/${id}`)).data.description, 'theirs',
      `${language}: a change of what was seen before is not saved`);
    await press(top(page), say('access.reload'));
    await page.locator('.heading-sub', { hasText: 'theirs' }).waitFor();
    ok(true, `${language}: and loading again shows what it is now`);
  }
  async function invited(language, email) {
    const page = await at('access/users', { language });
    await press(main(page), say('access.invite'));
    await top(page).getByLabel(say('access.email')).fill('nobody');
    await press(top(page), say('access.invite'));
    ok(await top(page).getByText(say('access.email_bad')).isVisible(),
      `${language}: an address that is none is told before it is sent`);
    await top(page).getByLabel(say('access.email')).fill(email);
    await press(top(page), say('access.invite'));
    const code = await kept(page);
    ok(/^lk_n_/.test(code), `${language}: somebody is invited by a code`, code);
    ok(await top(page).getByText('latchkey user accept').isVisible(), `${language}: with the line that they run`);
    await shot(page, `access-invited-${language}`);
    await close(page);
    const row = rows(page).filter({ hasText: email });
    await row.getByText(say('access.pending')).waitFor();
    await accept(language, code);
    await go(page, 'access/users');
    ok(await row.getByText(say('access.active')).isVisible(), `${language}: who accepted is seen to be active`);
    ok(await row.getByText('Wren Small').isVisible(), `${language}: by the name they gave`);
    await axe(page, `${language}: axe-core finds nothing on the list of users`);
    await fits(page, `${language}: which fits`);
    await shot(page, `access-users-${language}`);
    await person(page, row, language, email);
    await page.context().close();
  }

  // By who is not signed in, in a browser of their own.
  async function accept(language, code) {
    const page = await at('', { language, signedIn: false });
    await page.getByRole('link', { name: say('shell.invited') }).click();
    await page.locator('[name=code]').fill('lk_n_wrong');
    await page.locator('[name=name]').fill('Wren Small');
    await page.locator('[name=password]').fill(PASSWORD);
    await press(page, say('access.accept'));
    await page.locator('.hint.bad').waitFor();
    ok(page.url().endsWith('/console/invitation'), `${language}: a code that is none opens nothing`);
    await axe(page, `${language}: axe-core finds nothing where an invitation is accepted`);
    await shot(page, `access-invitation-${language}`);
    await page.locator('[name=code]').fill(` ${code}\n`);
    await press(page, say('access.accept'));
    await page.waitForURL(/\/console\/$/);
    await page.locator('nav.menu').waitFor();
    ok(true, `${language}: with the right one they are in, and signed in`);
    await page.context().close();
  }

  async function person(page, row, language, email) {
    const found = (await api('GET',
      `/v2/accounts/${await account()}/users?user_id=${encodeURIComponent(email)}`)).data.resources[0];
    const enters = async (password) => (await fetch(`${url}/identity/token`, { method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from('bx:bx').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'password', username: email, password }) })).status === 200;
    ok(await enters(PASSWORD), `${language}: their password is the one that they chose`);
    await row.locator('a.row-link').click();
    await page.waitForURL(new RegExp(found.iam_id));
    await ready(page);
    const head = page.locator('.heading');
    await press(head, say('access.password_set'));
    await top(page).locator('[name=password]').fill('another nest, of mud');
    await press(top(page), say('access.password_set'));
    await said(page, say('access.done_password', { name: 'Wren Small' }));
    same([await enters(PASSWORD), await enters('another nest, of mud')], [false, true],
      `${language}: an administrator's new one takes its place`);
    await press(head, say('access.disable'));
    await press(top(page), say('access.disable'));
    await head.getByRole('button', { name: say('access.enable'), exact: true }).waitFor();
    ok(!await enters('another nest, of mud'), `${language}: disabled, they cannot come in`);
    await press(head, say('access.enable'));
    await head.getByRole('button', { name: say('access.disable'), exact: true }).waitFor();
    ok(await enters('another nest, of mud'), `${language}: enabled, they can`);
    await axe(page, `${language}: axe-core finds nothing on a person's page`);
    await shot(page, `access-user-${language}`, { fullPage: true });
  }

  async function group(language, email) {
    const name = `Readers ${language}`;
    const page = await at('access/groups', { language });
    await press(main(page), say('access.create'));
    await top(page).getByLabel(say('access.name')).fill(name);
    await press(top(page), say('access.create'));
    await page.waitForURL(/groups\/AccessGroupId-/);
    await ready(page);
    const id = page.url().split('/').at(-1);
    const members = async () => (await api('GET',
      `/v2/groups/${id}/members`)).data.members.map((member) => member.type).sort();
    for (const [text, who] of [['access.add_user', email], ['access.add_service', `ci-${language}`]]) {
      await press(main(page), say(text));
      await top(page).locator('.list-row', { hasText: who }).locator('input[type=checkbox]').check();
      await press(top(page), say('access.put_in'));
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
    }
    await rows(page).nth(1).waitFor();
    same(await members(), ['service', 'user'], `${language}: a person and a service ID are put into a group`);
    await main(page).getByText('Wren Small').waitFor();
    ok(!(await rows(page).allInnerTexts()).join().includes('IBMid-'), `${language}: by their names, not their ids`);
    await axe(page, `${language}: axe-core finds nothing on a group's page`);
    await shot(page, `access-group-${language}`);
    await rows(page).filter({ hasText: `ci-${language}` }).locator('input[type=checkbox]').check();
    await press(main(page), say('access.take_out'));
    await press(top(page), say('access.take_out'));
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    same(await members(), ['user'], `${language}: and taken out again`);
    await page.locator('.heading').getByRole('button', { name: say('access.delete') }).click();
    const act = top(page).getByRole('button', { name: say('access.delete'), exact: true });
    ok(await act.isDisabled(), `${language}: a group with members is not deleted by the way`);
    await top(page).locator('input').fill(name);
    await act.click();
    await page.waitForURL(/access\/groups$/);
    same((await api('GET', `/v2/groups/${id}`)).status, 404, `${language}: but by who means it`);
    await page.context().close();
  }

  // All of it once more, where there is little room.
  async function narrow(language) {
    for (const where of ['access/users', 'access/service-ids', 'access/api-keys', 'access/groups', 'invitation']) {
      const page = await at(where, { language, width: 360, height: 800, dark: true });
      await fits(page, `${language}: ${where} fits into 360 pixels`);
      await axe(page, `${language}: and axe-core finds nothing there`);
      await shot(page, `${where.replaceAll('/', '-')}-${language}-360`);
      await page.context().close();
    }
  }

  for (const [language, email] of [['en', 'wren@nest.example'], ['ko', 'robin@nest.example']]) {
    await serviceId(language);
    await ownKeys(language);
    await invited(language, email);
    await group(language, email);
    await narrow(language);
  }
});
