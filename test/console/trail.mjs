// The overview, the trail, revoking and sessions, as somebody uses them after a leak.
// What is shown is held against the server's own answers and the command line's; what
// was ended is tried outside of the browser. The scene has made the tokens and the
// access keys.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { apikey, counted, ok, play, same, url } from './browser.mjs';

const FOLDER = process.env.T;
const basic = (user, secret) => `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
const host = new URL(url).host;

const shell = (program, ...args) => spawnSync(program, args, { encoding: 'utf8' }).status;
const latchkey = (...args) => execFileSync('latchkey', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

async function status(where, headers) {
  return (await fetch(url + where, { headers })).status;
}

const opens = {
  key: (value) => status('/latchkey/v1/whoami', { Authorization: basic('iamapikey', value) }),
  token: (value) => shell('skopeo', 'login', '--tls-verify=false', '--authfile', path.join(FOLDER, 'auth.json'), '-u',
    'token', '-p', value, host),
  git: (name) => {
    const GIT_SSH_COMMAND = `ssh -i ${path.join(process.env.HOME, '.ssh', name)} -o IdentitiesOnly=yes`;
    const line = JSON.parse(fs.readFileSync(path.join(FOLDER, 'clone.json'), 'utf8')).url;
    return spawnSync('git', ['ls-remote', line], { encoding: 'utf8', env: { ...process.env, GIT_SSH_COMMAND } }).status;
  },
};

async function newKey({ api }, me, name) {
  const { status: answer, data } = await api('POST', `/latchkey/v1/users/${me.identity}/api-keys`, { name });
  if (answer !== 201) throw new Error(`a key is answered ${answer} ${JSON.stringify(data)}`);
  return data;
}

// --- revoking ------------------------------------------------------------------

async function revoke(tools, me, language) {
  const { at, say, axe, fits, shot } = tools;
  const key = await newKey(tools, me, `leaked-${language}`);
  const token = fs.readFileSync(path.join(FOLDER, `token-${language}`), 'utf8').trim();
  const name = `leaked-${language}`;
  const line = fs.readFileSync(path.join(process.env.HOME, '.ssh', `${name}.pub`), 'utf8').trim();
  same([await opens.key(key.apikey), opens.token(token), opens.git(name)], [200, 0, 0], `${language}: all three work`);

  const page = await at('revoke', { language });
  const sent = [];
  page.on('request', (request) => sent.push(request.url()));
  const field = page.locator('[name=what]');
  await field.fill('-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n');
  await page.getByText(say('trail.no_private')).waitFor();
  same(await field.inputValue(), '', `${language}: a private key does not stay in the field`);
  // The public key as a terminal 40 columns wide has wrapped it.
  await field.fill(`${key.apikey}\n${token}\n${line.replace(/(.{40})/g, '$1\n')}\nnothing-of-the-kind\n`);
  ok(await field.evaluate((e) => getComputedStyle(e).webkitTextSecurity !== 'none'),
    `${language}: what is pasted is not to be read`);
  await page.getByRole('button', { name: say('trail.look') }).click();
  const found = page.locator('.trail-found > li');
  await page.getByText(say('trail.nothing_known')).waitFor();
  same(await counted(found, 3), 3, `${language}: three things are found`);
  for (const text of ['trail.ends_api_key', 'trail.ends_registry_token', 'trail.ends_access_key'])
    ok(await page.getByText(say(text)).isVisible(), `${language}: it says what would end: ${text}`);
  same(await field.inputValue(), '', `${language}: the paste is gone from the field`);
  const seen = await page.evaluate(() => [document.body.innerText, document.documentElement.outerHTML, location.href,
    JSON.stringify(history.state), JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join('\n'));
  ok(!seen.includes(key.apikey) && !seen.includes(token), `${language}: neither is shown back, nor kept`);
  same([await opens.key(key.apikey), opens.token(token), opens.git(name)], [200, 0, 0],
    `${language}: looking ends nothing`);
  await axe(page, `${language}: axe-core finds nothing on what would end`);
  await fits(page, `${language}: it fits`);
  await shot(page, `revoke-${language}`, { fullPage: true });
  await page.setViewportSize({ width: 360, height: 800 });
  await fits(page, `${language}: and 360 pixels`);
  await shot(page, `revoke-narrow-${language}`, { fullPage: true });

  await page.getByRole('button', { name: say('trail.end_n', { n: 3 }) }).click();
  await page.locator('.hint').getByText(say('trail.ended_n', { n: 3 })).waitFor();
  same(await counted(page.locator('.trail-found .badge.good'), 3), 3, `${language}: each has ended`);
  const after = [await opens.key(key.apikey), opens.token(token), opens.git(name)];
  same(after.map((one) => one !== 0 && one !== 200), [true, true, true], `${language}: none of them works any more`);
  ok(!sent.some((one) => one.includes(key.apikey) || one.includes(token)), `${language}: no address had one of them`);
  await page.context().close();
}

// --- the trail -----------------------------------------------------------------

const openRows = (page) => page.locator('.list-row');

async function exportOf(page, say, format) {
  await page.getByRole('button', { name: say('trail.export') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(format, { exact: true }).check();
  const [file] = await Promise.all([page.waitForEvent('download'),
    dialog.getByRole('button', { name: say('trail.save') }).click()]);
  await dialog.waitFor({ state: 'detached' });
  return fs.readFileSync(await file.path(), 'utf8');
}

async function audit(tools, me, language) {
  const { at, go, say, axe, fits, shot } = tools;
  const page = await at('audit', { language });
  await page.locator('[name=verb]').fill('accesskey.create');
  await page.getByRole('button', { name: say('trail.filter'), exact: true }).click();
  await page.waitForURL(/audit\?verb=accesskey\.create/);
  await openRows(page).nth(1).waitFor();
  const told = JSON.parse(latchkey('audit', '--verb', 'accesskey.create', '-n', '1000', '-o', 'json'));
  const rows = told.events ?? told;
  same(await counted(openRows(page), rows.length), rows.length, `${language}: the list has what the command line has`);
  await go(page, `audit?who=${encodeURIComponent(me.email)}&outcome=done`);
  await openRows(page).first().waitFor();
  await axe(page, `${language}: axe-core finds nothing on the trail`);
  await fits(page, `${language}: the trail fits`);
  await shot(page, `audit-${language}`);

  const lines = (await exportOf(page, say, 'JSON Lines')).trim().split('\n').map((one) => JSON.parse(one));
  const own = JSON.parse(latchkey('audit', '--outcome', 'done', '-n', '1000', '-o', 'json'));
  const want = (own.events ?? own).filter((one) => one.identity === me.identity);
  // What was written meanwhile is newer than the first line that the file has.
  same(lines.map((one) => one.hash), want.filter((one) => one.seq <= lines[0].seq).map((one) => one.hash),
    `${language}: the file has every row that the command line has`);
  const csv = await exportOf(page, say, 'CSV');
  same(csv.trim().split('\r\n').length - 1 >= lines.length, true, `${language}: and so has the table`);
  ok(csv.startsWith('\ufeffat,outcome,verb,'), `${language}: with names above it`);

  await openRows(page).first().locator('button').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(lines[0].hash).waitFor();
  ok(true, `${language}: a row opens with its hash`);
  await axe(page, `${language}: axe-core finds nothing in it`);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: say('trail.verify') }).click();
  const rowsTold = await page.getByRole('dialog').locator('.hint').innerText();
  ok(rowsTold === say('trail.intact', { n: Number(rowsTold.replace(/\D/g, '')) }), `${language}: the chain is whole`,
    rowsTold);
  await page.context().close();
}

// What a program that opens tables would run.
async function formulas({ at, loose }) {
  const page = await at('audit');
  const seen = await page.evaluate(async (base) => {
    const { csvLine } = await import(`${base}export.js`);
    const parted = ['x;=cmd', 'x;y; +1', 'x;"@y', 'x\t-1', 'x\n=1', 'x\r@1', ';=;=', 'x; y'];
    return [csvLine(['=1+1', '+1', '-1', '@x', '\tx', 'a,b', 'say "x"', 7, { a: '=x' }, 'x=1']), csvLine(parted)];
  }, await loose(page));
  same(seen[0], `'=1+1,'+1,'-1,'@x,'\tx,"a,b","say ""x""",7,"{""a"":""=x""}",x=1\r\n`, 'no cell is a formula');
  same(seen[1], `x;'=cmd,x;y; '+1,"x;""'@y",x\t'-1,"x\n'=1","x\r'@1",;'=;'=,x; y\r\n`,
    'nor is what a program makes of a part of one');
  await page.context().close();
}

// --- sessions ------------------------------------------------------------------

async function otherSession(agent) {
  const reply = await fetch(`${url}/console/session`, { method: 'POST', body: JSON.stringify({ apikey }),
    headers: { 'Content-Type': 'application/json', 'Latchkey-Console': '1', 'User-Agent': agent } });
  return reply.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
}

async function grant(form, agent) {
  const reply = await fetch(`${url}/identity/token`, { method: 'POST', body: new URLSearchParams(form),
    headers: { Authorization: basic('bx', 'bx'), 'User-Agent': agent } });
  return { status: reply.status, data: await reply.json() };
}

const cookieWorks = (Cookie) => status('/console/session', { Cookie, 'Latchkey-Console': '1' });

async function sessions({ at, say, axe, fits, shot }, language) {
  const agent = `robin-${language}/2`;
  const cookie = await otherSession(agent);
  const first = await grant({ grant_type: 'urn:ibm:params:oauth:grant-type:apikey', apikey }, `wren-${language}/3`);
  same([await cookieWorks(cookie), first.status], [200, 200], `${language}: two other sessions`);
  const page = await at('me/sessions', { language });
  await axe(page, `${language}: axe-core finds nothing on the sessions`);
  await fits(page, `${language}: the sessions fit`);
  await shot(page, `sessions-${language}`);
  same(await counted(page.getByText(say('trail.this_session')), 1), 1, `${language}: this one is marked`);
  const end = (name) => page.getByRole('button', { name: say('trail.end_of', { name }) });
  await end(`robin-${language} 2`).click();
  await page.getByRole('dialog').getByRole('button', { name: say('trail.end'), exact: true }).click();
  await end(`robin-${language} 2`).waitFor({ state: 'detached' });
  same(await cookieWorks(cookie), 401, `${language}: its cookie counts for nothing`);
  await page.getByRole('button', { name: say('trail.end_others') }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: say('trail.end_others'), exact: true }).click();
  await end(`wren-${language} 3`).waitFor({ state: 'detached' });
  const again = await grant({ grant_type: 'refresh_token', refresh_token: first.data.refresh_token }, 'wren/3');
  ok(again.status >= 400, `${language}: nor does the other's refresh token`, again);
  same(await counted(page.locator('.trail-sessions > li'), 1), 1, `${language}: this one stays`);
  await page.context().close();
}

// --- the overview --------------------------------------------------------------

// The sum of a column of the table below a plot.
function column(page, plot, index) {
  return page.locator('.plot').nth(plot).locator('tbody tr').evaluateAll((rows, i) =>
    rows.reduce((sum, row) => sum + Number(row.cells[i].textContent.replace(/\D/g, '')), 0), index);
}

async function eventsOf(api, since) {
  const all = [];
  let after = '';
  do {
    const { data } = await api('GET',
      `/latchkey/v1/audit?all=true&limit=1000&since=${since}${after && `&after=${after}`}`);
    if (!data.events) throw new Error(`the trail is answered ${JSON.stringify(data)}`);
    all.push(...data.events);
    after = data.next;
  } while (after);
  return all;
}

// From another address: who guesses is soon told to wait.
const guess = (value) => new Promise((resolve, reject) => {
  http.get(`${url}/latchkey/v1/whoami`, { localAddress: '127.0.0.9', agent: false,
    headers: { Authorization: basic('iamapikey', value) } },
    (reply) => reply.resume().on('end', resolve)).on('error', reject);
});

const written = () => new Promise((resolve) => { setTimeout(resolve, 1500); });

async function overview({ at, say, axe, fits, shot, api }, language, width) {
  for (let i = 0; i < 3; i += 1) await guess(`wrong-${i}`);
  await written();
  const page = await at('', { language, width, height: 900, dark: language === 'ko' });
  await page.locator('.plot').nth(1).waitFor();
  const since = Math.floor(Date.now() / 36e5) * 36e5 - 23 * 36e5;
  const sum = (events, test) => events.filter(test).reduce((n, one) => n + one.count, 0);
  const shown = { refused: await column(page, 0, 2), changes: await column(page, 1, 2),
    turned: await column(page, 1, 3) };
  const events = await eventsOf(api, since);
  const known = {
    refused: sum(events, (one) => one.verb === 'login' && one.outcome === 'refused'),
    changes: sum(events, (one) => one.verb !== 'login' && one.outcome === 'done'),
    turned: sum(events, (one) => one.verb !== 'login' && one.outcome === 'refused'),
  };
  same(shown, known, `${language}: the plots count what the trail has`);
  ok(known.refused >= 3, `${language}: guesses are among it`);
  const frame = page.locator('.plot-frame').first();
  await frame.focus();
  await page.keyboard.press('Home');
  same(await frame.getAttribute('aria-valuenow'), '0', `${language}: the arrow keys go along the plot`);
  await page.keyboard.press('End');
  ok(await page.locator('.plot-tip').first().isVisible(), `${language}: and say what is there`);
  ok(/\d/.test(await frame.getAttribute('aria-valuetext')), `${language}: also to who does not see it`);
  await axe(page, `${language}: axe-core finds nothing on the overview`);
  await fits(page, `${language}: it fits ${width} pixels`);
  await shot(page, `overview-${language}`, { fullPage: true });
  await page.getByRole('link', { name: say('trail.last_days', { n: 14 }) }).click();
  await page.waitForURL(/span=14d/);
  await page.locator('.plot').nth(1).waitFor();
  same(await counted(page.locator('.plot').first().locator('tbody tr'), 14), 14,
    `${language}: a step for each of 14 days`);
  await page.context().close();
}

// Somebody without any role sees what is theirs, and no error.
async function withoutRights({ at, api, say }) {
  const made = await api('POST', '/latchkey/v1/users',
    { email: 'wren@nest.example', password: 'a long enough password' });
  same(made.status, 201, 'somebody without a role');
  const page = await at('', { body: { username: 'wren@nest.example', password: 'a long enough password' } });
  await page.getByRole('heading', { name: say('trail.expiring') }).waitFor();
  same([await page.locator('.plot').count(), await page.locator('.hint.bad').count()], [0, 0],
    'they see the rest of the overview, and no error');
  await page.goto(`${url}/console/audit`);
  await page.getByRole('heading', { name: say('shell.forbidden') }).waitFor();
  ok(true, 'and are told that the trail is not for them');
  await page.context().close();
}

// A hundred days on, what was never used is told of.
async function later({ at, say }) {
  const page = await at('');
  const unused = page.locator('section',
    { has: page.getByRole('heading', { name: say('trail.unused'), exact: true }) });
  await unused.locator('.trail-lines li').first().waitFor();
  ok(await unused.getByText('forgotten').first().isVisible(), 'what was never used is named');
  await page.context().close();
}

await play(async (tools) => {
  if (process.argv[2] === 'later') return later(tools);
  const me = (await tools.api('GET', '/latchkey/v1/whoami')).data;
  const repository = (await tools.api('GET', `/2.0/repositories/${me.account_slug}/test`)).data;
  fs.writeFileSync(path.join(FOLDER, 'clone.json'),
    JSON.stringify({ url: repository.links.clone.find((one) => one.name === 'ssh').href }));
  await newKey(tools, me, 'forgotten');
  for (const language of ['en', 'ko']) {
    await revoke(tools, me, language);
    await audit(tools, me, language);
    await overview(tools, language, language === 'ko' ? 360 : 1280);
  }
  // The last of all: the command line's session is one of the others.
  for (const language of ['en', 'ko']) await sessions(tools, language);
  await formulas(tools);
  await withoutRights(tools);
});
