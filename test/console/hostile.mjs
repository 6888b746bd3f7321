// What people typed, and clients sent, is text on every page, whatever it looks like:
// row 4.18/1 of the catalogue.
import { ok, play, remark } from './browser.mjs';
import { addresses, fill } from './fill.mjs';

// Each would, if it were markup, say so here: no script may, and no picture may load.
const TEXTS = {
  svg: "<svg/onload=window.hit=1>",
  img: '"><img src=x onerror=window.hit=2>',
  script: "</script><script>window.hit=3</script>",
  link: 'javascript:window.hit=4',
  style: '<style>body{display:none}</style>',
  form: "' autofocus onfocus=window.hit=5 x='",
  bidi: '\u202egpj.exe',
  word: 'w'.repeat(180),
};
const LONG = 4000;

// Elements that none of ours made, and addresses that would run.
function look() {
  const found = [];
  if (window.hit !== undefined) found.push(`a script ran: ${window.hit}`);
  for (const e of document.querySelectorAll('*'))
    for (const { name, value } of e.attributes)
      if (/^on/i.test(name) ||
        (/^(href|src|action|formaction|xlink:href)$/i.test(name) && /^\s*javascript:/i.test(value)))
        found.push(`${e.tagName} ${name}=${value}`);
  for (const e of document.querySelectorAll('body script, body style, img[src="x"], iframe, object, embed, base'))
    found.push(e.outerHTML.slice(0, 200));
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth + 1)
    found.push(`it is ${document.documentElement.scrollWidth} wide`);
  return found;
}

const shows = (page, text) => page.evaluate((wanted) => document.body.textContent.includes(wanted) ||
  [...document.querySelectorAll('input, textarea')].some((e) => e.value.includes(wanted)), text);

await play(async (tools) => {
  const { at, go, shot } = tools;
  const name = process.argv[2];
  const text = TEXTS[name];
  if (!text) throw new Error(`one of ${Object.keys(TEXTS).join(' ')}`);
  if (text.length > LONG) throw new Error('too long for every door');
  const all = await addresses(await fill({ ...tools, text }));
  let seen = 0;
  const page = await at('', { width: 360, height: 740 });
  for (const where of all) {
    await go(page, where);
    const found = await page.evaluate(look);
    ok(found.length === 0, `${where || 'overview'} shows text only`, found.join('\n'));
    if (await shows(page, text)) {
      seen += 1;
      remark(`${where || 'overview'} shows it`);
    }
    await shot(page, `hostile.${name}.${where.replace(/[^a-z0-9-]+/gi, '_') || 'overview'}`);
  }
  // A text that a door refuses is nowhere; the others must have been looked at.
  if (name !== 'bidi') ok(seen >= 4, `it is on ${seen} pages`);
  // Such a path is refused before there is a page; such a query is the page's to show.
  const taken = (where) => name !== 'bidi' || /^[^?#]*[?#]/.test(where);
  const heads = ['audit?who=', 'registry/images?q=', 'access/users?q=', 'no/such/', 'registry/images/',
    'compute/keypairs?project=', 'revoke?what=', '#'];
  for (const where of heads.map((head) => head + encodeURIComponent(text)).filter(taken)) {
    await go(page, where);
    const found = await page.evaluate(look);
    ok(found.length === 0, `an address with it is shown as text: ${where.split(/[?/#]/)[0]}`, found.join('\n'));
  }
});
