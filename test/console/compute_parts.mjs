// What the tests of key pairs and of servers have in common: how these pages are used,
// and how what became of it is asked outside the browser.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const folder = fs.mkdtempSync(path.join(process.env.T ?? os.tmpdir(), 'compute-'));
export const run = (command, ...args) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
export const cli = (...args) => run('latchkey', ...args);
export const listed = (kind = 'keypair') => JSON.parse(cli(kind, 'list', '--output', 'json')).map((one) => one.name);
export const shown = (kind, name) => JSON.parse(cli(kind, 'show', name, '--output', 'json'));
export const halves = (line) => line.trim().split(' ').slice(0, 2).join(' ');

// What a machine gets that boots, with its own client: '' when it is refused.
export function machine(address) {
  try {
    return run('curl', '-sf', address);
  } catch {
    return '';
  }
}

// The public half of a private key's file, as ssh-keygen computes it.
export function publicHalf(file) {
  fs.chmodSync(file, 0o600);
  return halves(run('ssh-keygen', '-y', '-P', '', '-f', file));
}

// Every download of a page from now on.
export function downloads(page) {
  const all = [];
  page.on('download', (one) => all.push(one));
  return all;
}

export const dialog = (page) => page.getByRole('dialog');
export const closed = (page) => dialog(page).waitFor({ state: 'detached' });
export const row = (page, name) => page.locator('.list-row').filter({ has: page.getByText(name, { exact: true }) });
export const saysError = (page, text) => dialog(page).locator('.field-error').filter({ hasText: text }).waitFor();

// The same by the names of their texts.
export const used = (say) => {
  const button = (where, key) => where.getByRole('button', { name: say(key), exact: true });
  return {
    button,
    press: (where, key) => button(where, key).click(),
    nameField: (page, key = 'compute.name') => dialog(page).getByLabel(say(key), { exact: true }),
  };
};
