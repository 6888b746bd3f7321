// Every address of the console: in both languages, light and dark, and narrow. Each
// loads, says nothing in the browser's console, keeps to its policy, is light, fits,
// and axe-core has nothing to say.
import { ok, play } from './browser.mjs';
import { addresses, fill } from './fill.mjs';

const BYTES_MAX = 150 * 1024;
const ALL_LOOKS = {
  wide: [
    { language: 'en', dark: false, width: 1280, height: 800 },
    { language: 'ko', dark: true, width: 1280, height: 800 },
  ],
  narrow: [
    { language: 'ko', dark: false, width: 360, height: 740 },
    { language: 'en', dark: true, width: 360, height: 740 },
  ],
};
const LOOKS = ALL_LOOKS[process.argv[2]];
const PROBLEMS = ['shell.failed', 'shell.unreachable', 'shell.no_such', 'shell.forbidden', 'shell.too_many'];

const called = (where, look) => `${where.replace(/[^a-z0-9-]+/gi, '_') || 'overview'}.${look.language}.` +
  `${look.dark ? 'dark' : 'light'}.${look.width}`;

await play(async (tools) => {
  const { at, go, axe, fits, shot, weight, say } = tools;
  const all = await addresses(await fill(tools));

  async function judge(page, where, look) {
    const name = called(where, look);
    const head = await page.locator('main h1').first().innerText();
    ok(head.trim() !== '' && !PROBLEMS.map((key) => say(key)).includes(head), `${name} has its head: ${head}`,
      await page.locator('main').innerText());
    ok((await page.title()).length > ' · latchkey'.length, `${name} has a title`);
    await fits(page, `${name} fits`);
    await axe(page, `${name}: axe-core finds nothing`);
    await shot(page, name);
  }

  // The first of them alone, as the first page that somebody sees.
  for (const look of LOOKS) {
    const weighed = look === LOOKS[0];
    let page = weighed ? null : await at('me', look);
    for (const where of all) {
      if (weighed) page = await at(where, look);
      else await go(page, where);
      await judge(page, where, look);
      if (!weighed) continue;
      const bytes = await weight(page);
      ok(bytes > 1000 && bytes <= BYTES_MAX, `${where || 'overview'}: ${bytes} bytes`);
      await page.context().close();
    }
    if (!weighed) await page.context().close();
  }
  // Who is not signed in sees the form for it at any address.
  for (const look of LOOKS) {
    const page = await at(all[1], { ...look, signedIn: false, waits: false });
    await page.locator('form').waitFor();
    await fits(page, `signing in fits: ${called('', look)}`);
    await axe(page, `signing in: axe-core finds nothing: ${called('', look)}`);
    await shot(page, called('sign-in', look));
    await page.context().close();
  }
});
