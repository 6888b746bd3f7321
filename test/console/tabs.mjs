// One browser, several tabs: the cookie is the same for all of them, whoever signs in
// or out in one. And what a page asks is what its address seems to say.
import { ok, play, same } from './browser.mjs';

const WREN = { username: 'wren@nest.example', password: 'correct horse' };

await play(async ({ at, ready, say, signIn, session, apikey, allow, loose }) => {
  const person = (page) => page.locator('.top button.person');
  const signInShown = (page) => page.locator('main.signin').waitFor();
  const as = (page, name) => person(page).filter({ hasText: name }).waitFor();

  async function other(page, where) {
    const tab = await page.context().newPage();
    await tab.goto(new URL(`/console/${where}`, page.url()).href);
    await ready(tab);
    return tab;
  }

  async function signOut(page) {
    await person(page).click();
    await page.getByRole('button', { name: say('shell.sign_out'), exact: true }).click();
    await signInShown(page);
  }

  // --- whoever is there now ----------------------------------------------------

  const first = await at('me');
  const second = await other(first, 'access/users');
  await signOut(first);
  await signInShown(second);
  ok(true, 'who signs out in one tab is out in the other, and nothing of theirs is left to read');
  await signIn(first, { apikey });
  await second.reload();
  await ready(second);
  await session(first.context(), WREN);
  await first.reload();
  await ready(first);
  await as(first, WREN.username);
  await as(second, WREN.username);
  ok(true, 'who signs in as somebody else is that in every tab');

  // --- what is shown once --------------------------------------------------------

  await second.goto(new URL('/console/access/api-keys', first.url()).href);
  await ready(second);
  await second.locator('main').getByRole('button', { name: say('access.create'), exact: true }).first().click();
  await second.locator('dialog [name=name]').fill('a key that is shown once');
  await second.locator('dialog').getByRole('button', { name: say('access.create') }).click();
  const shown = second.locator('dialog[data-guard]');
  await shown.waitFor();
  const secret = (await shown.innerText()).match(/lk_[a-z]_\w+/)?.[0] ??
    (await shown.locator('input, textarea').first().inputValue());
  await session(first.context(), { apikey });
  await first.reload();
  await ready(first);
  ok(await shown.isVisible(), 'a value that is shown once stays until it was taken');
  await shown.getByRole('button', { name: say('access.have_it') }).click();
  await as(second, 'owl@nest.example');
  ok(!(await second.content()).includes(secret), 'then that tab goes along, and the value is gone');

  // --- addresses that others made --------------------------------------------------

  const asked = [];
  allow(second, /404|not found/i);
  second.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const stepping = ['compute/keypairs?project=..', 'compute/servers?project=%2e%2e', 'compute/keypairs?project=.',
    'compute/servers?project=..%2F..', 'registry/namespaces?name=..'];
  for (const where of stepping) {
    await second.goto(new URL(`/console/${where}`, first.url()).href);
    await second.locator('main h1').waitFor();
    await second.waitForLoadState('networkidle');
  }
  const strays = asked.filter((path) =>
    /^\/latchkey\/v1\/(projects\/)?([^/]+\/)?(keypairs|servers|)$|^\/api\/v1\/$/.test(path));
  same(strays.join(' '), '', 'a name of ".." is asked for nowhere');

  const wrong = await second.evaluate(async (base) => {
    const { get } = await import(`${base}api.js`);
    const { h } = await import(`${base}dom.js`);
    const went = [];
    for (const path of ['/v1/apikeys/..', '/v1/../console/session', '/v1/%2E%2e/x', '/v1/.', '//evil.example/x',
      'https://evil.example/', '/\\evil.example', '/\t/evil.example'])
      await get(path).then(() => went.push(path), (e) => { if (e.status !== 404 || e.words !== '') went.push(path); });
    for (const href of ['javascript:alert(1)', ' javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\nscript:alert(1)',
      'data:text/html,x', '//evil.example', '/\\evil.example', '/\t/evil.example', '/\n/evil.example',
      '\\\\evil.example', 'vbscript:x', 'file:///etc/passwd'])
      if (h('a', { href }).getAttribute('href') !== '#') went.push(href);
    return went;
  }, await loose(second));
  same(wrong.join(' | '), '', 'paths with steps, and addresses of others, go nowhere');
});
