// Repositories, access keys and one's own SSH keys, as somebody goes through them who
// deploys for the first time; what it comes to is looked at outside of the browser,
// with git over SSH. The scene has set ssh up and made the keys own-LANGUAGE and
// web-LANGUAGE in ~/.ssh.

import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { play, ok, same } from './browser.mjs';

const SSH = path.join(process.env.HOME, '.ssh');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'git-'));
const file = (name) => fs.readFileSync(path.join(SSH, name), 'utf8');
const printOf = (name) =>
  execFileSync('ssh-keygen', ['-lf', path.join(SSH, `${name}.pub`)], { encoding: 'utf8' }).split(' ')[1];

// git with one key and no other: → its status.
function git(key, ...args) {
  const GIT_SSH_COMMAND = `ssh -i ${path.join(SSH, key)} -o IdentitiesOnly=yes`;
  return spawnSync('git', args, { encoding: 'utf8', cwd: work, env: { ...process.env, GIT_SSH_COMMAND } }).status;
}

// The line that a page says to run, word for word.
function run(key, line, into) {
  const [program, ...args] = line.split(' ');
  return program === 'git' ? git(key, ...args, into) : -1;
}

// As from a terminal 40 columns wide, with the line ends of another system.
const wrapped = (text) => text.trim().replace(/(.{40})/g, '$1\r\n');

async function paste(page, field, text) {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate((words) => navigator.clipboard.writeText(words), text);
  await field.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Control+V');
}

// All that leaves the page, for who looks for what must not.
function listen(page) {
  const sent = [];
  page.on('request', (request) => sent.push(`${request.method()} ${request.url()}\n${request.postData() ?? ''}`));
  return sent;
}

async function makeRepository({ at, say, axe, fits }, language, name, slug) {
  const page = await at('repositories', { language });
  await page.getByRole('button', { name: say('git.create'), exact: true }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('[name=name]').fill(name);
  same(await dialog.locator('[name=slug]').inputValue(), language === 'en' ? slug : '',
    `${language}: the address follows the name`);
  await dialog.locator('[name=slug]').fill(slug);
  await axe(page, `${language}: axe-core finds nothing in the dialog for a repository`);
  await dialog.getByRole('button', { name: say('git.create'), exact: true }).click();
  await page.waitForURL(`**/console/repositories/${slug}`);
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await page.getByText(say('git.ssh_only')).waitFor();
  ok(true, `${language}: a new repository says that it is SSH and not https`);
  await axe(page, `${language}: axe-core finds nothing on its page`);
  await fits(page, `${language}: its page fits`);
  const line = await page.getByText(/^git clone ssh:|^git clone git@/).first().innerText();
  ok(line.includes(slug), `${language}: the line to clone it is there`, line);
  return { page, line };
}

async function addOwnKey({ at, say, axe }, language, key) {
  const page = await at('me/ssh-keys', { language });
  await page.getByRole('button', { name: say('git.add') }).click();
  const dialog = page.getByRole('dialog');
  await paste(page, dialog.locator('[name=key]'), file(`${key}.pub`));
  await dialog.getByText(printOf(key)).waitFor();
  await dialog.getByRole('button', { name: say('git.add'), exact: true }).click();
  await page.getByRole('gridcell', { name: key }).first().waitFor();
  ok(true, `${language}: a key of one's own is added`);
  await axe(page, `${language}: axe-core finds nothing at one's own keys`);
  await page.context().close();
}

// The first commit, from outside.
function push(language, key, line) {
  const there = `work-${language}`;
  const url = line.split(' ').at(-1);
  git(key, 'init', '-q', '-b', 'main', there);
  fs.writeFileSync(path.join(work, there, 'page'), `first ${language}\n`);
  git(key, '-C', there, 'add', 'page');
  git(key, '-C', there, 'commit', '-q', '-m', 'first');
  same(git(key, '-C', there, 'push', '-q', url, 'main'), 0, `${language}: it is pushed with that key`);
}

// Neither as the key, nor as the label of a key that is good.
async function privateKey({ say }, language, page, dialog, key) {
  const sent = listen(page);
  const label = dialog.locator('[name=label]'), field = dialog.locator('[name=key]');
  const add = dialog.getByRole('button', { name: say('git.add'), exact: true });
  await label.fill('x');
  for (const [text, how] of [[file(key), 'whole'], [wrapped(file(key)), 'wrapped']]) {
    await paste(page, field, text);
    await dialog.getByText(say('git.private_head')).waitFor();
    same(await field.inputValue(), '', `${language}: a private key, ${how}, does not stay in the field`);
    await add.click();
  }
  await paste(page, field, file(`${key}.pub`));
  await label.fill(file(key).replaceAll('\n', ' ').slice(0, 200));
  await add.click();
  await dialog.getByText(say('git.private_label')).waitFor();
  const lines = file(key).split('\n').slice(1, -2);
  same(sent.filter((one) => one.startsWith('POST') || lines.some((line) => one.includes(line))), [],
    `${language}: and nothing of it is sent`);
  await label.fill('');
  await field.fill('');
}

async function addAccessKey(tools, language, slug, key) {
  const { at, say, axe, fits } = tools;
  const page = await at(`repositories/${slug}`, { language });
  await page.getByRole('link', { name: say('git.settings_keys') }).click();
  await page.getByRole('heading', { level: 1, name: say('git.access_keys') }).waitFor();
  await page.getByRole('button', { name: say('git.add') }).click();
  const dialog = page.getByRole('dialog');
  await privateKey(tools, language, page, dialog, key);
  await dialog.locator('[name=label]').fill('web-1');
  await paste(page, dialog.locator('[name=key]'), wrapped(file(`${key}.pub`)));
  await dialog.getByText(printOf(key)).waitFor();
  ok(true, `${language}: the fingerprint of a wrapped paste is ssh-keygen's`);
  same(await dialog.locator('[name=key]').inputValue(), file(`${key}.pub`).trim(), `${language}: and it is joined`);
  await axe(page, `${language}: axe-core finds nothing in the dialog for a key`);
  await fits(page, `${language}: the dialog fits`);
  await dialog.getByRole('button', { name: say('git.add'), exact: true }).click();
  const next = page.getByRole('dialog', { name: say('git.added_title', { label: 'web-1' }) });
  await next.waitFor();
  await next.getByText(say('git.ssh_only')).waitFor();
  const line = await next.getByText(/^git clone /).innerText();
  await next.getByRole('button', { name: say('shell.close') }).last().click();
  await page.getByRole('gridcell', { name: 'web-1' }).first().waitFor();
  return { page, line };
}

// The server's own no, at the field that it is about.
async function again({ say, axe }, language, page, key) {
  await page.getByRole('button', { name: say('git.add') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('[name=label]').fill('web-2');
  await paste(page, dialog.locator('[name=key]'), file(`${key}.pub`));
  await dialog.getByRole('button', { name: say('git.add'), exact: true }).click();
  await dialog.getByText('This key is an access key here already.').waitFor();
  same(await dialog.locator('[name=key]').getAttribute('aria-invalid'), 'true',
    `${language}: the same key again is refused at its field`);
  await axe(page, `${language}: axe-core finds nothing at a refusal`);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
}

function clones(language, key, line) {
  const there = `clone-${language}`;
  same(run(key, line, there), 0, `${language}: the line that the page says clones it`);
  same(fs.readFileSync(path.join(work, there, 'page'), 'utf8'), `first ${language}\n`,
    `${language}: with what is in it`);
  fs.writeFileSync(path.join(work, there, 'page'), 'second\n');
  git(key, '-C', there, 'commit', '-q', '-a', '-m', 'second');
  ok(git(key, '-C', there, 'push', '-q', 'origin', 'main') !== 0, `${language}: an access key does not push`);
}

async function dropAccessKey({ say, go, axe, fits, shot }, language, slug, page) {
  await go(page, `repositories/${slug}/settings/access-keys`);
  const row = page.getByRole('row').filter({ hasText: 'web-1' });
  ok(await row.locator('time').count() >= 2, `${language}: when it was used last is there`);
  await axe(page, `${language}: axe-core finds nothing at access keys`);
  await fits(page, `${language}: access keys fit`);
  await shot(page, `access-keys-${language}`);
  await row.getByRole('checkbox').check();
  await page.getByRole('button', { name: say('git.delete'), exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(say('git.delete_keys_what')).waitFor();
  await dialog.getByRole('button', { name: say('git.delete'), exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await row.waitFor({ state: 'detached' });
  ok(true, `${language}: it is deleted, and its row is gone`);
}

async function dropAndRestore({ say, go, axe }, language, name, slug, page) {
  await go(page, `repositories/${slug}`);
  await page.getByRole('button', { name: say('git.delete'), exact: true }).click();
  const dialog = page.getByRole('dialog');
  const act = dialog.getByRole('button', { name: say('git.delete'), exact: true });
  ok(await act.isDisabled(), `${language}: a repository is not deleted before its name is typed`);
  await dialog.getByRole('textbox').fill(slug);
  await act.click();
  await page.waitForURL('**/console/repositories');
  await go(page, 'repositories?removed=1');
  await axe(page, `${language}: axe-core finds nothing at what was removed`);
  await page.getByRole('button', { name: say('git.restore_title', { name }) }).click();
  await page.getByRole('dialog').getByRole('button', { name: say('git.restore'), exact: true }).click();
  await page.waitForURL(`**/console/repositories/${slug}`);
  await page.getByRole('heading', { level: 1, name }).waitFor();
  ok(true, `${language}: and is put back`);
}

// What is typed narrows the list, stays in the address, and is there on coming back.
async function find({ say, go }, language, name, page) {
  await go(page, 'repositories');
  await page.getByRole('searchbox').pressSequentially('nothing like it');
  await page.getByText(say('git.none_found')).waitFor();
  ok(await page.getByRole('searchbox').evaluate((e) => e === document.activeElement),
    `${language}: one may go on typing`);
  await go(page, `repositories?q=${encodeURIComponent(name.slice(1))}`);
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await page.goBack();
  await page.getByRole('link', { name, exact: true }).waitFor();
  same(await page.getByRole('searchbox').inputValue(), name.slice(1), `${language}: a search is part of the address`);
}

async function narrow({ at, axe, fits, shot }, language, slug) {
  const one = `repositories/${slug}`;
  for (const where of ['repositories', one, `${one}/settings/access-keys`, 'me/ssh-keys']) {
    const page = await at(where, { language, dark: true, width: 360 });
    await axe(page, `${language}: axe-core finds nothing at ${where}, dark and 360 wide`);
    await fits(page, `${language}: ${where} fits into 360`);
    await shot(page, `${where.replaceAll('/', '-')}-${language}-dark-360`);
    await page.context().close();
  }
}

async function story(tools, language, name, slug) {
  const own = `own-${language}`, web = `web-${language}`;
  const made = await makeRepository(tools, language, name, slug);
  await addOwnKey(tools, language, own);
  push(language, own, made.line);
  const { page, line } = await addAccessKey(tools, language, slug, web);
  same(line, made.line, `${language}: both places say the same line`);
  await again(tools, language, page, web);
  clones(language, web, line);
  await dropAccessKey(tools, language, slug, page);
  ok(run(web, line, 'never') !== 0, `${language}: with a deleted key nothing is cloned`);
  await dropAndRestore(tools, language, name, slug, page);
  same(run(own, line, `back-${language}`), 0, `${language}: what was put back is cloned with one's own key`);
  await find(tools, language, name, page);
  await narrow(tools, language, slug);
}

await play(async (tools) => {
  await story(tools, 'en', 'Nest app', 'Nest-app');
  await story(tools, 'ko', '배포 코드', 'deploy-code');
});
