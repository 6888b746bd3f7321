// Servers, as people see them: made with a key pair, changed by administrators alone,
// and gone; and how all pages of key pairs and servers look. compute.mjs went before.
import fs from 'node:fs';
import path from 'node:path';
import { counted, ok, play, same } from './browser.mjs';
import { cli, closed, dialog, folder, listed, machine, row, saysError, shown, used } from './compute_parts.mjs';

await play(async ({ at, ready, axe, fits, shot, say, api }) => {
  const { button, press, nameField } = used(say);
  const { data: me } = await api('GET', '/latchkey/v1/whoami');
  const P = `/latchkey/v1/projects/${me.account_slug}/default`;

  // --- servers
  {
    cli('keypair', 'create', 'next-key', '--out', path.join(folder, 'next.pem'));
    const page = await at('compute/servers', { language: 'en' });
    await press(page, 'compute.create');
    for (const name of ['-a', 'a_b', 'a b', 'ko-1']) {
      await nameField(page, 'compute.server_name').fill(name);
      await nameField(page, 'compute.server_name').blur();
      await saysError(page, say(name === 'ko-1' ? 'compute.server_name_taken' : 'compute.server_name_rule'));
      ok(true, `the server's name "${name}" is refused as it is typed`);
    }
    const { data: said } = await api('POST', `${P}/servers`, { name: 'a_b', keypair: 'mine' });
    same(say('compute.server_name_rule'), said.error.message, 'in the server\'s own words');
    await nameField(page, 'compute.server_name').fill('web-9');
    await dialog(page).getByLabel(say('compute.keypair'), { exact: true }).selectOption('mine');
    await dialog(page).getByLabel(say('compute.user_data')).fill('#cloud-config\npackages: [nginx]\n# 한글\n');
    await press(dialog(page), 'compute.create');
    await page.getByRole('heading', { name: say('compute.server_made', { name: 'web-9' }) }).waitFor();
    const seed = await dialog(page).locator('.secret-value').innerText();
    const meta = machine(`${seed}meta-data`);
    ok(/local-hostname: .?web-9/.test(meta), 'the address that is shown once is its own', meta);
    ok(machine(`${seed}user-data`).includes('# 한글'), 'and brings the user data, letter by letter');
    await axe(page, 'axe-core finds nothing in what is shown once');
    await press(dialog(page), 'compute.kept');
    await closed(page);
    const html = await page.evaluate(() => document.documentElement.outerHTML);
    ok(!html.includes(seed), 'nothing of the address stays in the page');
    await row(page, 'web-9').getByRole('link', { name: 'web-9' }).click();
    await page.getByRole('heading', { level: 1, name: 'web-9' }).waitFor();
    await ready(page);
    await axe(page, 'axe-core finds nothing in a server\'s page');
    await press(page, 'compute.set_pair');
    await dialog(page).getByLabel(say('compute.new_pair'), { exact: true }).selectOption('next-key');
    await press(dialog(page), 'compute.change');
    await page.getByRole('heading', { name: say('compute.pair_changed') }).waitFor();
    same(shown('server', 'web-9').key.keypair, 'next-key', 'an administrator gives it another pair');
    await dialog(page).locator('.dialog-foot').getByRole('button').click();
    await closed(page);
    await ready(page);
    await page.locator('.compute-table tbody tr').nth(1).waitFor();
    same(await counted(page.locator('.compute-table tbody tr'), 2), 2, 'its history has both');
    await press(page, 'compute.renew');
    await press(dialog(page), 'compute.renew');
    await page.getByRole('heading', { name: say('compute.renewed', { name: 'web-9' }) }).waitFor();
    const other = await dialog(page).locator('.secret-value').innerText();
    ok(other !== seed && machine(`${other}meta-data`) !== '', 'another address for its first boot');
    same(machine(`${seed}meta-data`), '', 'ends the one before');
    await press(dialog(page), 'compute.kept');
    await closed(page);
    await ready(page);
    await press(page, 'compute.delete');
    await press(dialog(page), 'compute.delete');
    await page.getByRole('heading', { level: 1, name: say('compute.servers') }).waitFor();
    await ready(page);
    ok(!listed('server').includes('web-9'), 'it is deleted');
    await page.context().close();
  }

  // --- who is no administrator reads why not, and whom to ask
  for (const language of ['ko', 'en']) {
    const email = `${language === 'ko' ? 'wren' : 'robin'}@nest.example`;
    const { data: user } = await api('POST', '/latchkey/v1/users', { email, roles: ['Reader', 'Writer'] });
    const { data: key } = await api('POST', `/latchkey/v1/users/${user.id}/api-keys`, { name: 'console' });
    const page = await at('compute/servers/default/ko-1', { language, body: { apikey: key.apikey } });
    ok(await button(page, 'compute.set_pair').isDisabled(), `${language}: a user does not change a server's key pair`);
    for (const key of ['compute.faq_change_1', 'compute.faq_change_2'])
      ok(await page.getByText(say(key)).isVisible(), `${language}: and is told: ${key}`);
    ok(await button(page, 'compute.delete').isDisabled(), `${language}: nor deletes it`);
    await axe(page, `${language}: axe-core finds nothing there`);
    await page.context().close();
  }

  // --- every page in every look
  const pages = [['compute/keypairs', 'keypairs'], ['compute/keypairs/default/mine', 'keypair'],
    ['compute/servers', 'servers'], ['compute/servers/default/en-1', 'server']];
  const looks = [{ language: 'ko' }, { language: 'en', dark: true }, { language: 'ko', width: 360 },
    { language: 'en', width: 3840, height: 2160 }];
  for (const [where, name] of pages)
    for (const look of looks) {
      const page = await at(where, look);
      const words = `${name}, ${look.language}${look.dark ? ', dark' : ''}, ${look.width ?? 1280} px`;
      await axe(page, `${words}: axe-core finds nothing`);
      await fits(page, `${words}: nothing is wider than the window`);
      await shot(page, words.replace(/[ ,]+/g, '-'));
      await page.context().close();
    }
  fs.rmSync(folder, { recursive: true });
});
