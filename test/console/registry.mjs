// The registry's screens in both languages: a namespace, a token, the line that the
// console shows used outside, the image that came by it, and its end. What became of
// each is asked of skopeo. argv: the layout of a small image.
import { execFileSync, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import { apikey, counted, ok, play, same, url } from './browser.mjs';

const layout = process.argv[2];
const host = new URL(url).host;
const OCI = 'application/vnd.oci.image';
const basic = `Basic ${Buffer.from(`iamapikey:${apikey}`).toString('base64')}`;
const digestOf = (bytes) => `sha256:${crypto.createHash('sha256').update(bytes).digest('hex')}`;

// --- outside -------------------------------------------------------------------

const skopeo = (...args) => spawnSync('skopeo', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const pulls = (name) => skopeo('inspect', '--tls-verify=false', `docker://${host}/${name}`).status === 0;

// A line as somebody pastes it who then types the secret.
const paste = (line, secret) => spawnSync('bash', ['-c', line], { encoding: 'utf8', input: `${secret}\n` });

async function put(path, type, bytes, method = 'PUT') {
  const reply = await fetch(`${url}/v2/${path}`, { method, body: bytes,
    headers: { Authorization: basic, 'Content-Type': type } });
  if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`);
}

async function blob(repo, mediaType, bytes) {
  const digest = digestOf(bytes);
  await put(`${repo}/blobs/uploads/?digest=${digest}`, 'application/octet-stream', bytes, 'POST');
  return { mediaType, digest, size: bytes.length };
}

async function manifest(repo, ref, kind, members) {
  const mediaType = `${OCI}.${kind}.v1+json`;
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...members }));
  await put(`${repo}/manifests/${ref ?? digestOf(bytes)}`, mediaType, bytes);
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

async function built(repo, ref, architecture) {
  const layers = [Buffer.from(`${architecture} one`.repeat(400)), Buffer.from(`${architecture} two`)];
  const history = [{ created_by: '/bin/sh -c #(nop) ADD file:1 in /' },
    { created_by: 'ENV SONG=clear', empty_layer: true },
    { created_by: 'RUN /bin/sh -c sing --loud # buildkit' }];
  const config = Buffer.from(JSON.stringify({ created: '2024-02-29T12:00:00Z', os: 'linux', architecture,
    config: { Entrypoint: ['/sing'], Env: ['SONG=clear'], ExposedPorts: { '8080/tcp': {} }, Labels: { bird: 'wren' } },
    history, rootfs: { type: 'layers', diff_ids: layers.map(digestOf) } }));
  return manifest(repo, ref, 'manifest', { config: await blob(repo, `${OCI}.config.v1+json`, config),
    layers: await Promise.all(layers.map((bytes) => blob(repo, `${OCI}.layer.v1.tar`, bytes))) });
}

async function refer(repo, subject, artifactType) {
  const empty = await blob(repo, 'application/vnd.oci.empty.v1+json', Buffer.from('{}'));
  return manifest(repo, null, 'manifest', { artifactType, config: empty, layers: [empty], subject });
}

await play(async ({ at, go, ready, axe, fits, shot, say, api }) => {
  const dialog = (page) => page.getByRole('dialog');
  const press = (where, key, values) => where.getByRole('button', { name: say(key, values), exact: true }).click();
  const closed = (page) => dialog(page).waitFor({ state: 'detached' });
  const headed = async (page, name) => {
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    await ready(page);
  };
  const row = (page, text) => page.locator('.list-row').filter({ hasText: text });
  const pick = (page, text) => row(page, text).first().getByRole('checkbox').check();

  async function addNamespace(page, name, language) {
    await go(page, 'registry/namespaces');
    await page.locator('main').getByRole('button', { name: say('registry.add_namespace') }).first().click();
    const field = dialog(page).getByLabel(say('registry.name'), { exact: true });
    for (const bad of ['Birds', 'birds_', 'bi.rds', 'b'.repeat(31)]) {
      await field.fill(bad);
      const error = dialog(page).locator('.field-error').filter({ hasText: say('registry.namespace_rule') });
      await error.waitFor();
    }
    ok(true, `${language}: the rule is said as one types`);
    await field.fill(name);
    ok(await dialog(page).locator('.field-error').innerText() === '', `${language}: and not of a good name`);
    await press(dialog(page), 'registry.add');
    await headed(page, name);
    same((await api('GET', '/api/v1/namespaces')).data.includes(name), true, `${language}: the namespace is there`);
  }

  async function createToken(page, description, language) {
    await go(page, 'registry/tokens');
    await press(page, 'registry.create_token');
    await dialog(page).getByLabel(say('registry.description')).fill(description);
    await dialog(page).getByLabel(say('registry.readwrite')).check();
    await dialog(page).getByLabel(say('registry.endless')).check();
    await press(dialog(page), 'registry.create');
    const value = await page.locator('.secret-value').innerText();
    ok(/^[\w-]+\.[\w-]+\.[\w-]+$/.test(value), `${language}: the token's value is shown`);
    ok(!(await dialog(page).locator('.code code').innerText()).includes(value), `${language}: and not within the line`);
    await page.keyboard.press('Escape');
    ok(await dialog(page).isVisible(), `${language}: it is not lost by a stray key`);
    await press(dialog(page), 'registry.done');
    await closed(page);
    return value;
  }

  async function logIn(page, value, language) {
    await go(page, 'registry/connect?client=skopeo');
    const line = await page.locator('.registry-user').first().locator('.code code').first().innerText();
    const done = paste(line, value);
    same(done.status, 0, `${language}: the line logs skopeo in`);
  }

  async function looks(page, name, language) {
    const { data: before } = await api('GET', '/api/v1/quotas');
    await go(page, 'registry/images');
    await row(page, `${name}/robin`).locator('.row-link').click();
    await headed(page, `${name}/robin`);
    await row(page, 'built').locator('.row-link').click();
    await headed(page, `${name}/robin:built`);
    same(await page.locator('.registry-platform').allInnerTexts().then((all) => all.map((text) => text.split('\n')[0])),
      ['linux/amd64', 'linux/arm64/v8'], `${language}: an index has its platforms`);
    await page.getByRole('link', { name: 'linux/amd64' }).click();
    await page.getByRole('heading', { level: 2, name: say('registry.layers_n', { n: 2 }) }).waitFor();
    same(await page.locator('.registry-command').allInnerTexts(),
      ['RUN sing --loud', 'ENV SONG=clear', 'ADD file:1 in /'],
      `${language}: what made each layer, the newest on top`);
    same(await counted(page.locator('.registry-stratum:not(.thin)'), 2), 2, `${language}: two of them weigh something`);
    const text = await page.locator('main').innerText();
    for (const part of ['/sing', 'SONG=clear', '8080/tcp', 'bird=wren', say('registry.sbom'), 'application/spdx+json'])
      ok(text.includes(part), `${language}: the image says ${part}`, text);
    same((await api('GET', '/api/v1/quotas')).data.usage, before.usage, `${language}: looking is no pull`);
  }

  async function tags(page, name, language) {
    await go(page, `registry/images/${name}/robin?tag=1`);
    await page.locator('.heading').getByRole('button', { name: say('registry.copy_tag') }).click();
    await dialog(page).getByLabel(say('registry.new_tag')).fill('stable');
    await press(dialog(page), 'registry.copy_tag_do');
    await headed(page, `${name}/robin:stable`);
    ok(pulls(`${name}/robin:stable`), `${language}: a tag is copied`);
    await page.locator('.heading').getByRole('button', { name: say('registry.untag') }).click();
    await press(dialog(page), 'registry.untag_do');
    await closed(page);
    await page.waitForURL(/digest=/);
    await ready(page);
    ok(!pulls(`${name}/robin:stable`) && pulls(`${name}/robin:1`), `${language}: and removed, the other stays`);
  }

  async function bin(page, name, language) {
    await go(page, `registry/images/${name}/robin?tag=1`);
    await page.locator('.heading').getByRole('button', { name: say('registry.delete') }).click();
    await dialog(page).getByText(say('registry.delete_image_bin')).waitFor();
    await press(dialog(page), 'registry.delete');
    await page.waitForURL(/tab=trash/);
    await ready(page);
    ok(!pulls(`${name}/robin:1`), `${language}: a deleted image is gone`);
    await pick(page, `${name}/robin`);
    await press(page.locator('.list-actions'), 'registry.restore');
    await press(dialog(page), 'registry.restore');
    await closed(page);
    ok(pulls(`${name}/robin:1`), `${language}: and comes back out of the trash`);
  }

  async function lastOfToken(page, description, value, name, language) {
    await go(page, 'registry/tokens');
    await pick(page, description);
    await press(page, 'registry.show_value');
    await press(dialog(page), 'registry.show_value');
    same(await page.locator('.secret-value').innerText(), value, `${language}: the value can be seen again`);
    await press(dialog(page), 'registry.done');
    await closed(page);
    await press(page, 'registry.remove');
    await press(dialog(page), 'registry.remove');
    await closed(page);
    same(await counted(row(page, description), 0), 0, `${language}: a removed token is not listed`);
    ok(!pulls(`${name}/robin:1`), `${language}: and skopeo is refused`);
  }

  async function replaces(page, language) {
    await api('POST', '/api/v1/tokens?description=old-one');
    await go(page, 'registry/tokens');
    await pick(page, 'old-one');
    await press(page, 'registry.replace');
    await dialog(page).getByLabel(say('registry.description')).fill('new-one');
    await dialog(page).getByLabel(say('registry.old_for_days', { n: 1 })).check();
    await press(dialog(page), 'registry.replace');
    await page.locator('.secret-value').waitFor();
    await press(dialog(page), 'registry.done');
    const { tokens } = (await api('GET', '/api/v1/tokens')).data;
    const [old, fresh] = ['old-one', 'new-one'].map((text) => tokens.find((token) => token.secondary_owner === text));
    ok(fresh && old.replaced_until > Date.now() / 1000, `${language}: a token takes the place of another`,
      JSON.stringify(tokens));
    for (const token of [old, fresh]) await api('DELETE', `/api/v1/tokens/${token._id}`);
  }

  async function removeNamespace(page, name, language) {
    await go(page, `registry/namespaces?name=${name}`);
    await page.getByLabel(say('registry.immutable'), { exact: true }).check();
    await press(page, 'registry.save');
    await page.locator('.toast').waitFor();
    same((await api('GET', `/latchkey/v1/namespaces/${name}`)).data.immutable_tags, true,
      `${language}: an option is set`);
    await page.locator('.heading').getByRole('button', { name: say('registry.remove') }).click();
    const act = dialog(page).getByRole('button', { name: say('registry.remove'), exact: true });
    ok(await act.isDisabled(), `${language}: a namespace's name is typed first`);
    await dialog(page).getByRole('textbox').fill(name);
    await act.click();
    await headed(page, say('registry.namespaces'));
    ok(!(await api('GET', '/api/v1/namespaces')).data.includes(name), `${language}: then it is removed`);
  }

  async function every(language, name) {
    const robin = `registry/images/${name}/robin`;
    const places = ['registry/namespaces', `registry/namespaces?name=${name}`, 'registry/namespaces?tab=trash',
      'registry/images', robin, `${robin}?tag=1`, `${robin}?tag=built`, 'registry/tokens', 'registry/connect'];
    const page = await at(places[0], { language, dark: language === 'ko' });
    const narrow = await at(places[0], { language, width: 360, height: 800 });
    for (const place of places) {
      await go(page, place);
      await axe(page, `${language}: axe-core finds nothing at ${place.replace(name, 'NAME')}`);
      await shot(page, `${language}-${place.replace(name, 'name').replace(/\W/g, '-')}`);
      await go(narrow, place);
      await fits(narrow, `${language}: ${place.replace(name, 'NAME')} fits 360 pixels`);
    }
    await page.context().close();
    await narrow.context().close();
  }

  for (const language of ['ko', 'en']) {
    const name = `birds-${language}`;
    const page = await at('registry/namespaces', { language });
    await addNamespace(page, name, language);
    const value = await createToken(page, `deploy-${language}`, language);
    await logIn(page, value, language);
    same(skopeo('copy', '-q', '--dest-tls-verify=false', `oci:${layout}:latest`,
      `docker://${host}/${name}/robin:1`).status, 0,
      `${language}: and an image is pushed`);
    const amd64 = await built(`${name}/robin`, null, 'amd64');
    const arm64 = await built(`${name}/robin`, null, 'arm64');
    await manifest(`${name}/robin`, 'built', 'index',
      { manifests: [{ ...amd64, platform: { os: 'linux', architecture: 'amd64' } },
      { ...arm64, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } }] });
    await refer(`${name}/robin`, amd64, 'application/spdx+json');
    await looks(page, name, language);
    await tags(page, name, language);
    await bin(page, name, language);
    await every(language, name);
    await lastOfToken(page, `deploy-${language}`, value, name, language);
    await replaces(page, language);
    await removeNamespace(page, name, language);
    await page.context().close();
  }
  execFileSync('skopeo', ['logout', '--all']);
});
