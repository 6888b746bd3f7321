// The seed of key pairs, step by step as people see it, in both languages; what it
// says goes wrong; and all of it by the keyboard alone. What became of it is asked
// outside the browser: of ssh-keygen, and of the command line.
import fs from 'node:fs';
import path from 'node:path';
import { counted, ok, play, same } from './browser.mjs';
import {
  cli, closed, dialog, downloads, folder, halves, listed, publicHalf, row, run, saysError, shown, used,
} from './compute_parts.mjs';

await play(async ({ at, ready, axe, shot, say, allow, api }) => {
  const { button, press, nameField } = used(say);
  const { data: me } = await api('GET', '/latchkey/v1/whoami');
  const P = `/latchkey/v1/projects/${me.account_slug}/default`;
  const BAD = ['ab', 'abcdefghijabcdefghijk', 'a_b', 'a.b', 'a b', '../abc', '열쇠 키쌍'];

  async function lowerRight(page, text) {
    const sheet = await dialog(page).boundingBox();
    const box = await button(dialog(page), text).boundingBox();
    const ends = await dialog(page).locator('.dialog-foot button')
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().right));
    const end = box.x + box.width;
    const low = box.y > sheet.y + sheet.height / 2;
    return low && Math.abs(end - Math.max(...ends)) < 1 && sheet.x + sheet.width - end < 60;
  }

  // "왼쪽 메뉴에서 Compute > Key Pair 를 클릭하여 Key Pair목록을 조회합니다."
  async function openList(language) {
    const page = await at('', { language });
    await page.getByRole('navigation').getByRole('link', { name: say('shell.keypairs'), exact: true }).click();
    await page.getByRole('heading', { level: 1, name: say('compute.keypairs') }).waitFor();
    await ready(page);
    ok(page.url().endsWith('/console/compute/keypairs'), `${language}: the menu leads to the list`, page.url());
    return page;
  }

  async function cautions(page, language) {
    const text = await dialog(page).innerText();
    for (const key of ['compute.rule_name', 'compute.rule_unique'])
      ok(text.includes(say(key)), `${language}: ${key} is said before`, text);
    ok(text.includes(say('shell.caution')), `${language}: under the word for caution`);
    ok(await lowerRight(page, 'compute.create'), `${language}: Create stands at the lower right`);
  }

  async function badNames(page, language) {
    for (const name of BAD) {
      await nameField(page).fill(name);
      await nameField(page).blur();
      await saysError(page, say('compute.name_rule'));
      ok(true, `${language}: the name "${name}" is refused as it is typed`);
    }
    if (language === 'en') {
      const { data } = await api('POST', `${P}/keypairs`, { name: 'a_b' });
      same(say('compute.name_rule'), data.error.message, 'in the server\'s own words');
    }
  }

  // "Private Key가 자동으로 다운로드됩니다."
  async function make(page, language, name) {
    const got = downloads(page);
    await nameField(page).fill(name);
    await press(dialog(page), 'compute.create');
    await page.getByRole('heading', { name: say('compute.made', { name }) }).waitFor();
    const text = await dialog(page).innerText();
    for (const key of ['compute.lost_is_lost', 'compute.keep_safe'])
      ok(text.includes(say(key)), `${language}: ${key}`, text);
    const pair = shown('keypair', name);
    ok(text.includes(pair.fingerprint_sha256), `${language}: the fingerprint is shown`);
    for (const line of [`chmod 600 ${name}.pem`, `ssh -i ${name}.pem `])
      ok(text.includes(line), `${language}: and what comes next: ${line}`);
    same(got.map((one) => one.suggestedFilename()), [`${name}.pem`], `${language}: one file came by itself`);
    const file = path.join(folder, `${language}.pem`);
    await got[0].saveAs(file);
    same(publicHalf(file), halves(pair.public_key), `${language}: it is the private half of the pair`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    ok(await dialog(page).isVisible(), `${language}: no stray key closes what is shown once`);
    await axe(page, `${language}: axe-core finds nothing in what is said then`);
    await shot(page, `keypair-made-${language}`);
    await press(dialog(page), 'compute.kept');
    await closed(page);
    await row(page, name).waitFor();
    same(got.length, 1, `${language}: nothing else was downloaded`);
    ok(listed().includes(name), `${language}: the command line lists it`);
    return file;
  }

  async function nothingLeft(page, language, file) {
    const secret = fs.readFileSync(file, 'utf8').split('\n')[2];
    const everything = await page.evaluate(() => [
      document.documentElement.outerHTML, location.href,
      ...[localStorage, sessionStorage, history.state].map((one) => JSON.stringify(one)),
      ...[...document.querySelectorAll('input, textarea')].map((one) => one.value),
    ].join('\n'));
    ok(!everything.includes(secret), `${language}: nothing of the private key stays in the page`);
  }

  // "동일 프로젝트에서 동일 이름의 Key Pair는 생성할 수 없습니다."
  async function duplicate(page, language, name) {
    const posts = [];
    const note = (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/keypairs')) posts.push(request.url());
    };
    page.on('request', note);
    await press(page, 'compute.create');
    await nameField(page).fill(name.toUpperCase());
    await saysError(page, say('compute.name_taken'));
    await press(dialog(page), 'compute.create');
    same(posts, [], `${language}: a name that is taken is said before anything is sent`);
    await press(dialog(page), 'shell.cancel');
    await closed(page);
    // As if somebody had taken it between the page's question and the server's answer.
    const search = /\/keypairs\?search=/;
    await page.route(search, (route) => route.fulfill({ json: { keypairs: [] } }));
    await press(page, 'compute.create');
    await nameField(page).fill(name);
    await press(dialog(page), 'compute.create');
    const { data } = await api('POST', `${P}/keypairs`, { name });
    await saysError(page, data.error.message);
    same(posts.length, 1, `${language}: one that was taken meanwhile is refused in the server's words`);
    await page.unroute(search);
    await press(dialog(page), 'shell.cancel');
    await closed(page);
    page.off('request', note);
  }

  // "삭제할 Key Pair를 선택합니다. … 삭제 팝업 창이 닫히고, 목록에서 삭제되었는지 확인합니다."
  async function remove(page, language, name) {
    const server = `${language}-1`;
    cli('server', 'create', server, '--keypair', name);
    const before = shown('server', server).key.fingerprint_sha256;
    await page.reload();
    await ready(page);
    const act = button(page, 'compute.delete');
    ok(await act.isDisabled(), `${language}: nothing is selected, nothing can be deleted`);
    await row(page, name).getByRole('checkbox').check();
    await act.click();
    await dialog(page).getByRole('link', { name: server }).waitFor();
    const text = await dialog(page).innerText();
    ok(text.includes(say('compute.delete_warning')), `${language}: that it cannot be recovered`, text);
    ok(text.includes(say('compute.still_trusted', { n: 1 })), `${language}: that a server goes on trusting it`, text);
    ok(await lowerRight(page, 'compute.delete'), `${language}: Delete stands at the lower right`);
    await axe(page, `${language}: axe-core finds nothing in the question`);
    await shot(page, `keypair-delete-${language}`);
    ok(listed().includes(name), `${language}: it is there until one says so`);
    await press(dialog(page), 'compute.delete');
    await closed(page);
    await row(page, name).waitFor({ state: 'detached' });
    ok(!listed().includes(name), `${language}: it is gone for the command line, too`);
    const { key } = shown('server', server);
    same([key.fingerprint_sha256, key.keypair_deleted], [before, true], `${language}: the server still trusts its key`);
  }

  async function questions(page, language) {
    const pairs = [['faq_lost', 'faq_lost_1'], ['faq_deleted', 'faq_deleted_1'], ['faq_change', 'faq_change_2']];
    for (const [asked, answered] of pairs) {
      await page.getByText(say(`compute.${asked}`), { exact: true }).click();
      ok(await page.getByText(say(`compute.${answered}`)).isVisible(), `${language}: ${asked} is answered`);
    }
  }

  for (const language of ['ko', 'en']) {
    const name = `web-key-${language}`;
    const page = await openList(language);
    await axe(page, `${language}: axe-core finds nothing in the list`);
    await press(page, 'compute.create');
    await cautions(page, language);
    await badNames(page, language);
    await axe(page, `${language}: axe-core finds nothing in the form`);
    await shot(page, `keypair-create-${language}`);
    const file = await make(page, language, name);
    await nothingLeft(page, language, file);
    await shot(page, `keypairs-${language}`);
    await duplicate(page, language, name);
    await remove(page, language, name);
    await questions(page, language);
    await page.context().close();
  }

  // --- an answer that is lost
  {
    const page = await at('compute/keypairs', { language: 'en' });
    allow(page, /ERR_|Failed to load/);
    const got = downloads(page);
    const lose = async (name, reaches) => {
      const post = (url) => url.pathname.endsWith('/keypairs') && url.search === '';
      await page.route(post, async (route) => {
        if (route.request().method() !== 'POST') return route.continue();
        if (reaches) await route.fetch();
        return route.abort('connectionreset');
      });
      await press(page, 'compute.create');
      await nameField(page).fill(name);
      await press(dialog(page), 'compute.create');
      await page.getByRole('heading', { name: say('compute.lost_title') }).waitFor();
      await page.unroute(post);
    };
    await lose('never-came', false);
    await page.getByText(say('compute.lost_none', { name: 'never-came' })).waitFor();
    ok(await button(dialog(page), 'compute.delete_useless').isDisabled(), 'there is nothing to delete');
    await dialog(page).locator('.dialog-foot').getByRole('button').first().click();
    await closed(page);
    await lose('half-a-pair', true);
    await page.getByText(say('compute.lost_there', { name: 'half-a-pair' })).waitFor();
    ok(listed().includes('half-a-pair'), 'a pair without its private half is there');
    await press(dialog(page), 'compute.delete_useless');
    await closed(page);
    await row(page, 'half-a-pair').waitFor({ state: 'detached' });
    ok(!listed().includes('half-a-pair'), 'and is deleted where that is said');
    same(got.length, 0, 'nothing was downloaded');
    await page.context().close();
  }

  // --- one's own public key
  {
    const page = await at('compute/keypairs', { language: 'en' });
    const got = downloads(page);
    const mine = path.join(folder, 'mine');
    run('ssh-keygen', '-q', '-t', 'rsa', '-b', '2048', '-N', '', '-C', 'wren at nest', '-f', mine);
    const line = fs.readFileSync(`${mine}.pub`, 'utf8').trim();
    await press(page, 'compute.create');
    await nameField(page).fill('mine');
    await dialog(page).getByRole('radio', { name: say('compute.kind_import') }).check();
    const key = dialog(page).getByLabel(say('compute.public_key'), { exact: true });
    await key.fill(fs.readFileSync(mine, 'utf8'));
    await saysError(page, say('compute.private_given'));
    await press(dialog(page), 'compute.create');
    ok(!listed().includes('mine'), 'a private key is not sent');
    await key.fill(line.replace(/.{70}/g, '$&\n'));
    await press(dialog(page), 'compute.create');
    await closed(page);
    await row(page, 'mine').waitFor();
    same(halves(shown('keypair', 'mine').public_key), halves(line), 'a wrapped paste is joined');
    same(got.length, 0, 'nothing is downloaded then');
    await row(page, 'mine').getByRole('link', { name: 'mine' }).click();
    await page.getByRole('heading', { level: 1, name: 'mine' }).waitFor();
    await ready(page);
    const md5 = run('ssh-keygen', '-E', 'md5', '-lf', `${mine}.pub`).split(' ')[1];
    ok((await page.locator('main').innerText()).includes(md5), 'its page has the old fingerprint, too');
    const [file] = await Promise.all([page.waitForEvent('download'), press(page, 'compute.download_public')]);
    same(file.suggestedFilename(), 'mine.pub', 'and the public key as a file');
    await file.saveAs(path.join(folder, 'again.pub'));
    same(halves(fs.readFileSync(path.join(folder, 'again.pub'), 'utf8')), halves(line), 'which is the same');
    await axe(page, 'axe-core finds nothing in a pair\'s page');
    await page.context().close();
  }

  // --- by the keyboard alone
  {
    const page = await at('compute/keypairs', { language: 'ko' });
    const got = downloads(page);
    const tabTo = async (name, key = 'Tab') => {
      for (let i = 0; i < 80; i += 1) {
        if (await page.evaluate((text) => document.activeElement?.textContent.trim() === text, name)) return true;
        await page.keyboard.press(key);
      }
      return false;
    };
    ok(await tabTo(say('compute.create')), 'Tab comes to Create');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    await page.keyboard.type('by-keys');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: say('compute.made', { name: 'by-keys' }) }).waitFor();
    ok(await tabTo(say('compute.kept')), 'Tab comes to the end of what is said');
    await page.keyboard.press('Enter');
    await closed(page);
    same(got.length, 1, 'the private key came');
    await row(page, 'by-keys').waitFor();
    await ready(page); // the list is read again
    const inGrid = () => page.evaluate(() => Boolean(document.activeElement.closest('.list-row')));
    for (let i = 0; i < 40 && !(await inGrid()); i += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Space');
    const chosen = page.locator('.list-row[aria-selected="true"]');
    same(await counted(chosen, 1), 1, 'Space selects a row');
    ok((await chosen.innerText()).includes('by-keys'), 'the first one');
    ok(await tabTo(say('compute.delete'), 'Shift+Tab'), 'Shift+Tab comes back to Delete');
    await page.keyboard.press('Enter');
    await dialog(page).waitFor();
    ok(await tabTo(say('compute.delete')), 'Tab comes to Delete in the question');
    await page.keyboard.press('Enter');
    await closed(page);
    await row(page, 'by-keys').waitFor({ state: 'detached' });
    ok(!listed().includes('by-keys'), 'it is gone');
    same(await page.evaluate(() => document.activeElement.textContent.trim()), say('compute.create'),
      'and the keyboard is not lost');
    await page.context().close();
  }

  fs.rmSync(folder, { recursive: true });
});
