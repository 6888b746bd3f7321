// A real browser at a real server: what the tests of the console's pages share.
//
// A test of one area is test/console/AREA.mjs; scene n2x starts a daemon, fills it
// from outside (latchkey, curl) and runs it:
//
//	. "$(dirname "$0")/lib.sh"
//	. "$(dirname "$0")/browser.sh"
//	serve
//	login
//	browse keypairs                  # test/console/keypairs.mjs; its results count
//	want "the server made it" latchkey keypair show web-key
//	finish
//
// and the program is
//
//	import { play } from './browser.mjs';
//
//	await play(async ({ at, say }) => {
//	  const page = await at('compute/keypairs', { language: 'ko' });
//	  await page.getByRole('button', { name: say('compute.create') }).click();
//	  ...
//	});
//
// play() opens the browser, gives the function its tools, and ends with the plan.
// Whatever goes wrong in a page without anybody looking fails the test by itself: an
// error in its console, an exception, a report of the content policy, a request that
// failed, a reply of 500 or more.
//
// The tools:
//	at(path, { language: 'en'|'ko', dark, width, height, signedIn: true, ... })
//			a page (of playwright) in a browser of its own: no cookie, no
//			storage of others; signed in as the scene's owner by API key
//			unless signedIn is false; path is below /console/. Waits until
//			the page is there
//	go(page, path)	another address of the same browser, as somebody who types it
//	ready(page)	wait until <main> has its content and nothing is loading
//	signIn(page, { username, password } | { apikey })	by the form, as people do
//	session(context, body)	by POST /console/session, quickly
//	axe(page, name)	one result: axe-core finds nothing against WCAG 2.2 AA
//	fits(page, name)	one result: nothing is wider than the window
//	shot(page, name)	a picture in $LATCHKEY_SHOTS, if that is set
//	weight(page)	bytes that came over the wire since the page's address was opened
//	say(key, values)	a text of the catalogues in the language of the last at()
//	texts(language)	the same for another language: texts('ko')('git.add')
//	loose(page)	from now on the page gets the modules of src/console as they
//			stand, and not joined: → the address of lib/, to import one of them
//	allow(page, regex)	this may be said in the page's console: a test of what fails
//	api(method, path, json)	the server's REST as the owner: → { status, data }
//	url, apikey	of the server
// and from tap.mjs: ok, same, skip, remark.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { done, ok, remark } from './tap.mjs';
import { CONSOLE, texts } from './words.mjs';

export * from './tap.mjs';
export { texts } from './words.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const MODULES = process.env.LATCHKEY_NPM ?? path.join(ROOT, 'build/npm/node_modules');
const CHROMIUM = process.env.LATCHKEY_CHROMIUM ?? '/usr/bin/chromium';
const need = createRequire(path.join(MODULES, 'index.js'));
const PATIENCE_MS = 30000;

export const url = process.env.URL ?? process.argv[2];
export const apikey = process.env.APIKEY_FILE
  ? JSON.parse(fs.readFileSync(process.env.APIKEY_FILE, 'utf8')).apikey : '';

let browser = null;
let language = 'en';
const complaints = [];
const allowed = new WeakMap();

export const say = (key, values) => texts(language)(key, values);

// --- what nobody may miss ----------------------------------------------------

function complain(page, kind, text) {
  if ((allowed.get(page) ?? []).some((pattern) => pattern.test(`${kind}: ${text}`))) return;
  complaints.push(`${kind}: ${text} (${page.url()})`);
}

export function allow(page, pattern) {
  allowed.set(page, [...allowed.get(page) ?? [], pattern]);
}

// A browser gives its reports when it likes; the event in the page comes at once.
const LISTEN = `addEventListener('securitypolicyviolation', (e) => {
  console.error('csp: ' + e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sourceFile + ':' + e.lineNumber + ' ' +
    e.sample);
});`;

// Said by the browser itself of a status that a page may well expect.
const STATUS = /^Failed to load resource: the server responded with a status of 4\d\d/;

async function watch(page) {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !STATUS.test(message.text()))
      complain(page, 'console', `${message.text()} at ${message.location().url}:${message.location().lineNumber}`);
  });
  page.on('pageerror', (error) => complain(page, 'exception', error.stack ?? String(error)));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // A page that is left ends what it had asked for.
    if (why !== 'net::ERR_ABORTED') complain(page, 'request', `${request.method()} ${request.url()}: ${why}`);
  });
  page.on('request', (request) => {
    if (request.url().endsWith('/console/reports')) complain(page, 'report', request.postData() ?? '');
    const { protocol, origin } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && origin !== new URL(url).origin)
      complain(page, 'third party', request.url());
  });
  page.on('response', (response) => {
    if (response.status() >= 500) complain(page, 'reply', `${response.status()} ${response.url()}`);
  });
  await page.addInitScript(LISTEN);
}

// What was complained of so far, each once; empties the list.
export function complained() {
  return [...new Set(complaints.splice(0))];
}

// --- pages ---------------------------------------------------------------------

async function open() {
  const { chromium } = need('playwright-core');
  return chromium.launch({
    executablePath: CHROMIUM,
    args: process.getuid() === 0 ? ['--no-sandbox'] : [],
  });
}

// body: what POST /console/session takes. The cookie stays in the context.
export async function session(context, body = { apikey }) {
  const reply = await context.request.post(`${url}/console/session`, { data: body,
    headers: { 'Latchkey-Console': '1' } });
  if (reply.status() !== 201) throw new Error(`signing in is answered ${reply.status()}: ${await reply.text()}`);
  return reply.json();
}

export async function ready(page) {
  await page.waitForFunction(() => {
    const main = document.querySelector('main');
    return main && !main.matches('[aria-busy="true"]') && main.querySelector('h1') &&
      !main.querySelector('[aria-busy="true"]');
  }, null, { timeout: PATIENCE_MS });
  await page.waitForLoadState('networkidle');
}

export async function go(page, where) {
  await page.goto(`${url}/console/${where}`);
  await ready(page);
  return page;
}

// The context outlives the page; page.context() has it.
export async function at(where, { dark = false, width = 1280, height = 800, signedIn = true, body, waits = true,
  language: wanted = 'en', ...more } = {}) {
  language = wanted;
  const context = await browser.newContext({
    locale: wanted === 'ko' ? 'ko-KR' : 'en-US',
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    viewport: { width, height },
    acceptDownloads: true,
    ...more,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  if (signedIn) await session(context, body);
  const page = await context.newPage();
  await watch(page);
  await page.goto(`${url}/console/${where}`);
  if (waits) await ready(page);
  return page;
}

export async function loose(page) {
  const folder = /\/console\/assets\/[0-9a-f]{32}\//;
  await page.route((asked) => folder.test(asked) && asked.pathname.endsWith('.js'), (route) => route.fulfill({
    path: path.join(CONSOLE, new URL(route.request().url()).pathname.split(folder).at(-1)) }));
  const [base] = folder.exec(await (await fetch(`${url}/console/`)).text());
  return `${url}${base}lib/`;
}

// By the form that is shown to who is not signed in.
export async function signIn(page, { username, password, apikey: key } = { apikey }) {
  if (key) {
    const name = say('shell.with_apikey');
    await page.getByRole('tab', { name }).or(page.getByRole('link', { name })).or(page.getByRole('radio', { name }))
      .or(page.getByRole('button', { name })).first().click();
    await page.locator('[name=apikey]').fill(key);
  } else {
    await page.locator('[name=username]').fill(username);
    await page.locator('[name=password]').fill(password);
  }
  await page.locator('form button[type=submit]').click();
  await ready(page);
}

// --- what is asked of every page -------------------------------------------------

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// It runs in a world of the devtools' own, which the page's policy says nothing to.
export async function axe(page, name = 'axe-core finds nothing') {
  const client = await page.context().newCDPSession(page);
  const { frameTree } = await client.send('Page.getFrameTree');
  const { executionContextId: contextId } =
    await client.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const source = fs.readFileSync(need.resolve('axe-core/axe.min.js'), 'utf8');
  await client.send('Runtime.evaluate', { expression: source, contextId });
  const { result, exceptionDetails } = await client.send('Runtime.evaluate', {
    contextId, awaitPromise: true, returnByValue: true,
    expression: `axe.run(document, { runOnly: ${JSON.stringify(RULES)}, resultTypes: ['violations'] }).then((r) =>
      JSON.stringify(r.violations.map((v) => v.id + ': ' + v.help + '\\n' + v.nodes.slice(0, 5).map((n) => '  ' +
      n.target.join(' ') + ' ' + n.html.slice(0, 200) + '\\n  ' + n.failureSummary.replace(/\\n/g, ' ')
      ).join('\\n'))))`,
  });
  await client.detach();
  if (exceptionDetails) return ok(false, name, exceptionDetails.exception?.description ?? exceptionDetails.text);
  const found = JSON.parse(result.value);
  return ok(found.length === 0, name, found.join('\n'));
}

// What has a scroll bar of its own may be as wide as it likes.
export async function fits(page, name = 'nothing is wider than the window') {
  const over = await page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    const found = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > wide + 1);
    return [`${document.documentElement.scrollWidth} > ${wide}`,
      ...found.slice(0, 5).map((e) => `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`)];
  });
  return ok(over.length === 0, name, over.join('\n'));
}

// How many of them there are, once they are as many as wanted or do not get to be: a
// page is drawn a moment after what it is about.
export async function counted(locator, wanted) {
  for (let tries = 0; tries < 100 && await locator.count() !== wanted; tries += 1)
    await new Promise((done) => { setTimeout(done, 100); });
  return locator.count();
}

export async function shot(page, name, options = {}) {
  const folder = process.env.LATCHKEY_SHOTS;
  if (!folder) return;
  fs.mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), ...options });
}

// Heads and bodies, as they were sent, of the address and all that it asked for.
export function weight(page) {
  return page.evaluate(() => ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))
    .reduce((sum, entry) => sum + entry.transferSize, 0));
}

export async function api(method, where, json) {
  const reply = await fetch(url + where, {
    method,
    headers: {
      Authorization: `Basic ${Buffer.from(`iamapikey:${apikey}`).toString('base64')}`,
      ...json === undefined ? {} : { 'Content-Type': 'application/json' },
    },
    body: json === undefined ? undefined : JSON.stringify(json),
  });
  const text = await reply.text();
  return { status: reply.status,
    data: /json/.test(reply.headers.get('Content-Type') ?? '') && text ? JSON.parse(text) : text };
}

// --- a whole test -----------------------------------------------------------------

export async function play(run) {
  try {
    browser = await open();
    await run({ at, go, ready, signIn, session, axe, fits, shot, weight, say, texts, allow, loose, api, url, apikey });
  } catch (error) {
    ok(false, 'the test went through to its end', error.stack ?? String(error));
    await last();
  }
  const found = complained();
  ok(found.length === 0, 'no page complained of anything', found.join('\n'));
  await browser?.close();
  done();
}

// Where it stood when it failed.
async function last() {
  const pages = browser?.contexts().flatMap((context) => context.pages()) ?? [];
  for (const page of pages.slice(-1)) {
    remark(`it was at ${page.url()}`);
    await shot(page, 'failed').catch(() => {});
    remark((await page.locator('body').innerText().catch(() => '')).slice(0, 2000));
  }
}
