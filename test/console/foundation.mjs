// The console's frame and the parts its pages are made of: signing in and out, the menu
// by keyboard, lists of any length, dialogs, forms, a narrow window.
import fs from 'node:fs';
import { ok, play, same } from './browser.mjs';

const PAGE = fs.readFileSync(new URL('./foundation_page.mjs', import.meta.url), 'utf8');
const PASSWORD = 'a nest of moss and hair';
const ALL = 100000;

await play(async ({ at, go, ready, say, texts, signIn, axe, fits, shot, allow, loose, api, apikey }) => {
  const main = (page) => page.locator('main');
  const head = (page) => main(page).locator('h1');
  const top = (page) => page.locator('dialog[open]').last();
  const press = (where, name) => where.getByRole('button', { name, exact: true }).click();
  const focused = (page, run) => page.evaluate(run ?? (() => document.activeElement.textContent));
  // A list draws the rows of another place before the frame after it is painted.
  const settled = (page) => page.evaluate(() => new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(done));
  }));
  const signInShown = (page) => page.locator('.signin h1').waitFor();

  // The test's own page at the address of another.
  async function nests(query = '', options = {}) {
    const page = await at('', { waits: false, ...options });
    await loose(page);
    await page.route('**/pages/keypairs.js', (route) => route.fulfill({ contentType: 'text/javascript', body: PAGE }));
    await go(page, `compute/keypairs${query}`);
    return page;
  }

  // --- in and out ------------------------------------------------------------

  async function byPassword(language) {
    const page = await at('me?from=here', { language, signedIn: false, waits: false });
    await signInShown(page);
    same(await page.evaluate(() => document.documentElement.lang), language, `${language}: the page says its language`);
    await axe(page, `${language}: axe-core finds nothing where one signs in`);
    await shot(page, `signin-${language}`);
    await press(page, say('shell.sign_in'));
    ok(await page.getByText(say('shell.required')).first().isVisible(),
      `${language}: an empty form says what it needs`);
    same(await focused(page, () => document.activeElement.name), 'username',
      `${language}: and the keyboard is at the first that lacks`);
    await page.locator('[name=username]').fill('wren@nest.example');
    await page.locator('[name=password]').fill('not this one');
    await press(page, say('shell.sign_in'));
    await page.locator('.hint.bad').waitFor();
    ok(await page.locator('[name=password]').isVisible(), `${language}: a wrong password is told, and nobody is in`);
    same((await page.context().cookies()).length, 0, `${language}: and there is no cookie`);
    await signIn(page, { username: 'wren@nest.example', password: PASSWORD });
    ok(page.url().endsWith('/console/me?from=here'),
      `${language}: the right one leads to the address that was asked for`);
    const [cookie] = await page.context().cookies();
    same([cookie?.httpOnly, cookie?.sameSite], [true, 'Strict'],
      `${language}: the cookie is out of reach of scripts and other sites`);
    await signOut(page, language);
    await page.context().close();
  }

  async function signOut(page, language) {
    await page.locator('.top .person').click();
    await press(page.locator('.person-panel'), say('shell.sign_out'));
    await signInShown(page);
    ok(await page.getByText(say('shell.signed_out')).isVisible(), `${language}: who signs out is told so`);
    await page.reload();
    await signInShown(page);
    ok(true, `${language}: and is out after a reload`);
  }

  async function byKey() {
    const page = await at('me', { signedIn: false, waits: false });
    await signInShown(page);
    await page.getByRole('radio', { name: say('shell.with_apikey') }).check();
    await page.locator('[name=apikey]').fill(JSON.stringify({ name: 'first', apikey }, null, 2));
    await press(page, say('shell.sign_in'));
    await ready(page);
    ok(await page.locator('.menu').isVisible(), 'a whole key file, pasted, signs in');
    const kept = await page.evaluate(() =>
      JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
    ok(!kept.includes(apikey), 'and the key is kept nowhere in the browser');
    await page.context().clearCookies();
    await page.locator('.menu a', { hasText: say('shell.users') }).click();
    await signInShown(page);
    ok(await page.getByText(say('shell.session_ended')).isVisible(), 'a session that ended is told in place');
    await signIn(page, { apikey });
    ok(page.url().endsWith('/access/users'), 'and after signing in it goes on at the same address');
    await page.context().close();
  }

  // --- language and colours --------------------------------------------------

  async function choices() {
    const page = await at('me');
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.getByRole('radio', { name: say('shell.theme_dark') }).check();
    const dark = await paper();
    ok(light !== dark, 'dark is dark', light);
    await page.reload();
    await ready(page);
    same(await paper(), dark, 'and still after a reload');
    await page.locator('.top').getByRole('combobox', { name: say('shell.language') }).selectOption('ko');
    await page.waitForFunction(() => document.documentElement.lang === 'ko');
    await ready(page);
    ok(await page.locator('.menu a', { hasText: texts('ko')('shell.namespaces') }).isVisible(),
      'the language changes by choice');
    await page.reload();
    await ready(page);
    same(await page.evaluate(() => document.documentElement.lang), 'ko', 'and is kept');
    await axe(page, 'axe-core finds nothing on the page of oneself, dark, in Korean');
    await page.context().close();
  }

  async function password() {
    const page = await at('me', { body: { username: 'wren@nest.example', password: PASSWORD } });
    await page.locator('[name=current_password]').fill('not this one');
    await page.locator('[name=password]').fill(`${PASSWORD} and a feather`);
    await press(main(page), say('shell.change_password'));
    await main(page).locator('.field-error:not(:empty), .hint.bad').first().waitFor();
    ok(true, 'a password is not changed without the present one');
    await page.locator('[name=current_password]').fill(PASSWORD);
    await press(main(page), say('shell.change_password'));
    await page.locator('.toast').waitFor();
    await page.context().close();
    const again = await at('me', { body: { username: 'wren@nest.example', password: `${PASSWORD} and a feather` } });
    ok(await head(again).isVisible(), 'a changed password signs in');
    await again.context().close();
  }

  // --- what does not come ------------------------------------------------------

  // A script or its words are not there: who waits is told, in both languages.
  async function withheld(file, hastens) {
    const page = await at('invitation', { signedIn: false });
    allow(page, /dynamically imported module/);
    await page.route(`**/${file}`, (route) => route.fulfill({ status: 404 }));
    await page.reload();
    const told = page.locator('.late');
    if (hastens) {
      ok(!await told.isVisible(), `without ${file} nothing is said at first`);
      await told.evaluate((node) => node.getAnimations()[0].finish());
    }
    await told.getByText('다시 불러오십시오').waitFor();
    ok(await told.getByText('has not loaded').isVisible(), `without ${file} there are words of what to do`);
    await fits(page, 'which fit');
    await page.unroute(`**/${file}`);
    await told.getByRole('link').first().click();
    await ready(page);
    ok(page.url().endsWith('/console/invitation'), 'and the page is there when it is loaded again');
    await page.locator('.brand').click();
    await signInShown(page);
    ok(page.url().endsWith('/console/'), 'the name leads to where one signs in');
    await page.context().close();
  }

  // Who went on sees no more of a page that is still being made.
  async function leftWaiting() {
    const page = await at('', { waits: false });
    await loose(page);
    await page.route('**/pages/servers.js', (route) => route.fulfill({ contentType: 'text/javascript',
      body: "export const title = () => 'Slow';\nexport const show = () => new Promise(() => {});" }));
    await page.reload();
    await ready(page);
    await page.evaluate(async ([slow, next]) => {
      const link = (text) => [...document.querySelectorAll('.menu a')].find((one) => one.textContent === text);
      link(slow).click();
      link(next).click();
      // Timers come in their order: all that was to come of the first has come.
      await new Promise((resolve) => { setTimeout(resolve, 500); });
    }, [say('shell.servers'), say('shell.tokens')]);
    await ready(page);
    same([await head(page).innerText(), await main(page).locator('.page-loading').count()], [say('shell.tokens'), 0],
      'a page that one left while it was being made takes no place');
    await page.context().close();
  }

  // --- the keyboard in the frame ---------------------------------------------

  async function walk() {
    const page = await at('me');
    await page.keyboard.press('Tab');
    same(await focused(page), say('shell.skip'), 'the first stop is the way past the menu');
    await page.keyboard.press('Enter');
    same(await focused(page, () => document.activeElement.id), 'main', 'which leads to the content');
    await page.locator('.menu a').first().focus();
    for (let i = 0; i < 40 && await focused(page) !== say('shell.tokens'); i += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/registry\/tokens/);
    await page.waitForFunction(() => document.activeElement.tagName === 'H1');
    ok(true, 'a menu item opens by Enter, and the keyboard is at the head of the new page');
    same(await page.locator('.menu [aria-current="page"]').innerText(), say('shell.tokens'),
      'the menu says where one is');
    await page.waitForFunction(() =>
      document.querySelector('.announce')?.textContent === document.activeElement.textContent);
    ok((await page.title()).includes('latchkey'), 'the new page is announced, and has a title');
    await page.goBack();
    await page.waitForURL(/console\/me$/);
    await ready(page);
    await page.keyboard.press('Escape');
    await go(page, 'nowhere/at/all');
    same(await head(page).innerText(), say('shell.no_such'), 'an address of nothing says so');
    await page.context().close();
  }

  // --- lists -----------------------------------------------------------------

  const rows = (page) => page.locator('.list-row');
  const here = (page) => focused(page,
    () => document.activeElement.closest('[role=row]')?.getAttribute('aria-rowindex') ?? '');
  const names = (page) => page.locator('.list-row .row-link').allInnerTexts();

  async function long() {
    const page = await at('', { waits: false });
    await page.addInitScript((all) => { globalThis.pageSize = all; }, ALL);
    await loose(page);
    await page.route('**/pages/keypairs.js', (route) => route.fulfill({ contentType: 'text/javascript', body: PAGE }));
    await go(page, `compute/keypairs?n=${ALL}`);
    const grid = page.getByRole('grid', { name: 'All nests' });
    same(await grid.getAttribute('aria-rowcount'), String(ALL + 1), 'a list says how many rows it has');
    const drawn = [];
    for (const part of [0.1, 0.5, 0.9, 0.3, 1]) {
      await page.locator('.list-frame').evaluate((frame, to) => { frame.scrollTop = frame.scrollHeight * to; }, part);
      await settled(page);
      drawn.push(await rows(page).count());
      const seen = await page.locator('.list-frame').evaluate((frame) => {
        const box = frame.getBoundingClientRect();
        return document.elementFromPoint(box.left + box.width / 2,
          box.top + box.height / 2)?.closest('.list-row') !== null;
      });
      ok(seen, `at ${part * 100} % of 100 000 rows there is a row to see`);
    }
    ok(Math.max(...drawn) < 80, 'only rows that can be seen are in the page', drawn);
    ok((await names(page)).includes(`nest-${ALL - 1}`), 'and the last can be scrolled to');
    await byArrows(page);
    await axe(page, 'axe-core finds nothing on a long list');
    await page.context().close();
  }

  async function byArrows(page) {
    await page.locator('.list-frame').evaluate((frame) => { frame.scrollTop = 0; });
    await page.locator('[role=grid] [tabindex="0"]').first().focus();
    await page.keyboard.press('Control+Home');
    same(await here(page), '2', 'Ctrl+Home is the first row');
    await page.keyboard.press('ArrowDown');
    same(await here(page), '3', 'an arrow is the next');
    await page.keyboard.press('PageDown');
    ok(Number(await here(page)) > 6, 'Page Down is a page further');
    await page.keyboard.press('Control+End');
    same(await here(page), String(ALL + 1), 'Ctrl+End is the last of 100 000');
    const within = await focused(page, () => {
      const frame = document.querySelector('.list-frame').getBoundingClientRect();
      const box = document.activeElement.getBoundingClientRect();
      return box.top >= frame.top && box.bottom <= frame.bottom + 1;
    });
    ok(within, 'and it can be seen');
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Space');
    same(await page.evaluate(() => globalThis.chosen), ['n0'], 'Space chooses a row');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    same(await page.evaluate(() => globalThis.chosen), ['n0', 'n1', 'n2'], 'Shift and an arrow choose on');
    same(await page.locator('.list-head .pick input').evaluate((box) => box.indeterminate), true,
      'the head says that some are chosen');
    await page.keyboard.press('Control+a');
    same(await page.evaluate(() => globalThis.chosen.length), ALL, 'Ctrl+A chooses all');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    same(await page.evaluate(() => globalThis.looked), 'n2', 'the last thing in a row can be reached and pressed');
    await page.keyboard.press('Tab');
    ok(await focused(page, () => document.activeElement.closest('[role=grid]') === null),
      'one more Tab leaves the list');
  }

  async function byPages() {
    const page = await nests('?n=950');
    const frame = page.locator('.list-frame');
    same(await page.evaluate(() => globalThis.asked.length), 1, 'a list asks for its first page alone');
    for (let tries = 0; tries < 300 && !(await names(page)).includes('nest-949'); tries += 1) {
      await frame.evaluate((node) => { node.scrollTop = node.scrollHeight; });
      await settled(page);
    }
    ok((await names(page)).includes('nest-949'), 'and for more as one scrolls, to the end');
    same(await page.evaluate(() => new Set(globalThis.asked.map((one) => one.from)).size), 10, 'each page once');
    const place = await frame.evaluate((node) => { node.scrollTop = 5000; return node.scrollTop; });
    await settled(page);
    await page.locator('.list-row .row-link').nth(12).focus();
    const row = await here(page);
    await page.evaluate(() => globalThis.nests.reload());
    same([await frame.evaluate((node) => node.scrollTop), await here(page)], [place, row],
      'a reload keeps the place and the keyboard');
    await page.evaluate((index) => globalThis.nests.remove(`n${index}`), Number(row) - 2);
    same(await here(page), row, 'when a row goes, the keyboard is on the one that took its place');
    await page.evaluate(() => globalThis.nests.add({ id: 'new', name: 'a new one', bird: 'wren', eggs: 0 }));
    ok((await names(page)).includes('a new one'), 'a row that is added is seen');
    await page.context().close();
  }

  async function states() {
    const page = await nests('?n=30');
    const column = page.getByRole('columnheader', { name: 'Name' });
    await column.getByRole('button').click();
    same(await column.getAttribute('aria-sort'), 'ascending', 'a head sorts');
    await column.getByRole('button').click();
    await page.waitForFunction(() => document.querySelector('.row-link').textContent === 'nest-29');
    same(await column.getAttribute('aria-sort'), 'descending', 'and again the other way');
    await page.evaluate(() => { globalThis.refuse = true; return globalThis.nests.reload(); });
    ok(await page.getByText('The nest is being cleaned').isVisible(), 'what a server refused is said in the list');
    await press(main(page), say('shell.retry'));
    await page.getByText('The nest is being cleaned').waitFor({ state: 'detached' });
    ok(await rows(page).count() > 10, 'and can be tried again');
    await page.getByLabel('Find a nest').pressSequentially('wren', { delay: 20 });
    await page.waitForFunction(() => globalThis.sought === 'wren');
    ok(true, 'what is searched for is asked once typing pauses');
    await go(page, 'compute/keypairs?n=0');
    ok(await page.getByText(say('shell.nothing')).isVisible(), 'a list of nothing says so');
    await page.context().close();
  }

  // --- dialogs and forms -----------------------------------------------------

  async function dialogs() {
    const page = await nests('?n=5');
    await press(main(page), 'Build');
    same(await focused(page, () => document.activeElement.name), 'name',
      'a dialog opens with the keyboard in its first field');
    const inside = [];
    for (let i = 0; i < 15; i += 1) {
      await page.keyboard.press('Tab');
      inside.push(await focused(page,
        () => document.activeElement === document.body || document.activeElement.closest('dialog') !== null));
    }
    ok(inside.every(Boolean), 'Tab never leaves it for the page behind');
    const boxes = await top(page).evaluate((node) => {
      const act = [...node.querySelectorAll('footer button')].map((button) => button.getBoundingClientRect().right);
      return act.at(-1) === Math.max(...act) &&
        node.querySelector('footer button:last-child').classList.contains('primary');
    });
    ok(boxes, 'what it does stands at the lower right');
    await axe(page, 'axe-core finds nothing in a dialog');
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    same(await focused(page), 'Build', 'Escape closes it, and the keyboard is back where it was');
    await forms(page);
    await once(page);
    await page.context().close();
  }

  async function forms(page) {
    await press(main(page), 'Build');
    const name = top(page).getByLabel('Nest name');
    await name.pressSequentially('NEST');
    same(await name.getAttribute('aria-invalid'), 'true', 'a field says that it is wrong while one types');
    const told = await name.evaluate((node) => node.getAttribute('aria-describedby').split(' ')
      .map((id) => document.getElementById(id).textContent).join());
    ok(told.includes('Small letters only.'), 'and its words belong to it', told);
    await name.fill('nest-of-more-than-twenty-letters');
    await press(top(page), 'Build');
    ok(await top(page).getByText(say('shell.too_long', { n: 20 })).isVisible(), 'a text too long is not sent');
    await name.fill('nest');
    await top(page).getByLabel('Bird').fill('cuckoo');
    await press(top(page), 'Build');
    await top(page).getByText('Not in this nest.').waitFor();
    same(await focused(page, () => document.activeElement.name), 'bird',
      "a server's word on a field stands at the field");
    await top(page).getByLabel('Bird').fill('crow');
    await press(top(page), 'Build');
    ok(await top(page).getByText('A crow is there already').isVisible(), 'and its other words in the dialog');
    await top(page).getByLabel('Bird').fill('wren');
    await page.keyboard.press('Enter');
    await page.locator('dialog').waitFor({ state: 'detached' });
    const built = await page.evaluate(() => globalThis.built);
    ok(built.name === 'nest' && Date.parse(built.until) > Date.now(),
      'Enter sends a form, with the moment it ends', built);
  }

  async function once(page) {
    await press(main(page), 'Once');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    ok(await top(page).getByText('egg-shell').isVisible(), 'what is shown once is not closed by accident');
    await press(top(page), 'I have it');
    await press(main(page), 'Empty');
    ok(await top(page).getByRole('button', { name: 'Empty it' }).isDisabled(),
      'what cannot be undone waits for its name');
    await top(page).getByRole('textbox').fill('nest-1');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => globalThis.emptied === true);
    ok(true, 'and is done once it is typed');
  }

  // --- a narrow window -------------------------------------------------------

  async function narrow() {
    const page = await nests('?n=500', { width: 360, height: 740, language: 'ko', dark: true });
    await fits(page, 'a list fits into 360 px');
    await axe(page, 'axe-core finds nothing at 360 px, dark');
    await shot(page, 'narrow-list');
    ok(!await page.locator('.menu').isVisible(), 'there is no menu at first');
    const opener = page.getByRole('button', { name: say('shell.menu') });
    await opener.click();
    same(await opener.getAttribute('aria-expanded'), 'true', 'a button opens it');
    ok(await focused(page, () => document.activeElement.closest('.menu') !== null), 'with the keyboard in it');
    await page.keyboard.press('Escape');
    same(await opener.getAttribute('aria-expanded'), 'false', 'Escape closes it');
    ok(await focused(page, () => document.activeElement.classList.contains('drawer-opener')),
      'and the keyboard is back');
    await opener.click();
    await page.locator('.menu a', { hasText: say('shell.tokens') }).click();
    await page.waitForURL(/registry\/tokens/);
    await ready(page);
    same(await opener.getAttribute('aria-expanded'), 'false', 'and so does going somewhere');
    await fits(page, 'another page fits, too');
    await page.context().close();
  }

  // Last: it is this address that is made to wait.
  async function throttled() {
    const page = await at('', { signedIn: false, waits: false });
    await signInShown(page);
    let status = 0;
    for (let i = 0; i < 60 && status !== 429; i += 1)
      status = (await page.context().request.post(`${new URL(page.url()).origin}/console/session`,
        { data: { username: 'robin@nest.example', password: `wrong ${i}` },
          headers: { 'Latchkey-Console': '1' } })).status();
    same(status, 429, 'who guesses is made to wait');
    await page.locator('[name=username]').fill('robin@nest.example');
    await page.locator('[name=password]').fill('wrong again');
    await press(page, say('shell.sign_in'));
    const told = page.locator('.hint.bad');
    await told.waitFor();
    ok(/\d/.test(await told.innerText()), 'and is told for how long', await told.innerText());
    await page.context().close();
  }

  const made = await api('POST', '/latchkey/v1/users',
    { email: 'wren@nest.example', name: 'Wren', password: PASSWORD, roles: ['Administrator'] });
  if (made.status !== 201 && made.status !== 409)
    throw new Error(`a user: ${made.status} ${JSON.stringify(made.data)}`);
  for (const step of [() => byPassword('en'), () => byPassword('ko'), byKey, choices,
    () => withheld('app.js', true), () => withheld('words/en.js', false), leftWaiting, walk, long, byPages, states,
    dialogs, narrow, password, throttled])
    await step();
});
