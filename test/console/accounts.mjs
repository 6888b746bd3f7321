// Somebody in two accounts: what the page shows is of the one that they are in, in every
// tab of their browser, also where the browser kept a page as it was.
import { ok, play, same } from './browser.mjs';

const GULL = { username: 'gull@reef.example', password: 'salt and wind and fish' };
const REEF = { slug: 'reef', things: ['shells', 'shell-robot'] };
const NEST = { slug: 'nest', things: ['birds', 'bird-robot'] };

await play(async ({ at, go, ready, say, signIn, axe, fits, shot, url }) => {
  const where = (page) => page.locator('.top .where-account');
  const switchTo = (page, { slug }) => page.getByRole('button', { name: say('shell.switch_to', { account: slug }) });
  const drawnFor = (page, account) => where(page).filter({ hasText: account.slug }).waitFor();

  // The account's name in the head, its namespace and its service ID, nothing of the other's.
  async function shows(page, here, there, name) {
    await go(page, 'registry/namespaces');
    await page.getByText(here.things[0], { exact: true }).first().waitFor();
    const first = await page.locator('body').innerText();
    await go(page, 'access/service-ids');
    await page.getByText(here.things[1], { exact: true }).first().waitFor();
    const all = first + await page.locator('body').innerText();
    same([await where(page).innerText(), there.things.filter((thing) => all.includes(thing))], [here.slug, []], name);
  }

  // Over there by the page of oneself, in one tab while another looks at something.
  async function goesOver(page, other, here, there) {
    await go(page, 'me');
    await go(other, 'registry/namespaces');
    await other.getByText(here.things[0], { exact: true }).first().waitFor();
    await switchTo(page, there).click();
    await drawnFor(page, there);
    await ready(page);
    ok(await switchTo(page, here).isVisible(), `${there.slug}: the way back is offered`);
    await drawnFor(other, there);
    await ready(other);
    await other.getByText(there.things[0], { exact: true }).first().waitFor();
    ok(!(await other.content()).includes(here.things[0]),
      `${there.slug}: the second tab is drawn anew, without what it showed`);
  }

  // Back through what was looked at before: the addresses are the same, the things are not.
  async function goesBack(page, here, there) {
    await page.goBack();
    await ready(page);
    await page.getByText(there.things[1], { exact: true }).first().waitFor();
    ok(new URL(page.url()).pathname.endsWith('/access/service-ids'), `${there.slug}: back is the page of before`);
    await drawnFor(page, there);
    ok(!(await page.content()).includes(here.things[1]),
      `${there.slug}: which shows what is here, and not what was there`);
  }

  const first = await at('me', { signedIn: false, waits: false });
  await signIn(first, GULL);
  await drawnFor(first, REEF);
  await axe(first, 'axe-core finds nothing where one is in two accounts');
  await shot(first, 'accounts', { fullPage: true });
  await shows(first, REEF, NEST, 'at home she sees what is there');
  const second = await first.context().newPage();
  await goesOver(first, second, REEF, NEST);
  await goesBack(first, REEF, NEST);
  await shows(first, NEST, REEF, 'over there she sees what is there');
  await shows(second, NEST, REEF, 'and in the second tab');

  // A browser keeps pages that one left, whole, and shows them again. Nobody told this
  // one what happened meanwhile.
  await second.close();
  await go(first, 'registry/namespaces');
  await first.getByText(NEST.things[0], { exact: true }).first().waitFor();
  const { request } = first.context();
  const headers = { 'Latchkey-Console': '1' };
  const { accounts } = await (await request.get(`${url}/latchkey/v1/accounts`, { headers })).json();
  const reply = await request.put(`${url}/console/session`, { headers,
    data: { account: accounts.find((one) => one.slug === REEF.slug).id } });
  same(reply.status(), 200, 'she goes home behind the back of a page');
  await first.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  await drawnFor(first, REEF);
  await ready(first);
  await first.getByText(REEF.things[0], { exact: true }).first().waitFor();
  ok(!(await first.content()).includes(NEST.things[0]),
    'a page that the browser kept is drawn anew when it is shown again');

  await first.setViewportSize({ width: 360, height: 740 });
  await go(first, 'me');
  await fits(first, 'the accounts fit into 360 px');
  await first.context().close();
});
