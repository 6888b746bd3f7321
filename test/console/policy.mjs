// Policies: built, said in a sentence, changed, explained as a picture and deleted; what
// each amounts to is asked at the registry's door with the key of who got it.
import { counted, ok, play, same } from './browser.mjs';

const SENTENCES = {
  en: {
    writer: 'ci-en may pull, push, delete and restore images in the namespace birds of region local.',
    both: 'ci-en may do everything with images in the namespace birds of region local.',
    wide: 'ci-en may do everything with images and namespaces in the whole account.',
    several: 'both-en may pull, push, delete and restore images in the namespaces birds and bees.',
    patterns: 'like-en may pull, push, delete and restore images in namespaces like bi* and wasps.',
  },
  ko: {
    writer: 'ci-ko에게 local 지역의 네임스페이스 birds에서 이미지 가져오기·푸시·삭제·복원 권한을 부여합니다.',
    both: 'ci-ko에게 local 지역의 네임스페이스 birds에서 이미지의 모든 작업 권한을 부여합니다.',
    wide: 'ci-ko에게 계정 전체에서 이미지, 네임스페이스의 모든 작업 권한을 부여합니다.',
    several: 'both-ko에게 네임스페이스 birds, bees에서 이미지 가져오기·푸시·삭제·복원 권한을 부여합니다.',
    patterns: 'like-ko에게 이름이 bi*, wasps 패턴인 네임스페이스에서 이미지 가져오기·푸시·삭제·복원 권한을 부여합니다.',
  },
};
const PUSH = 'container-registry.image.push';

await play(async ({ at, go, ready, say, texts, axe, fits, shot, api, url, apikey }) => {
  const press = (where, name) => where.getByRole('button', { name, exact: true }).click();
  const top = (page) => page.locator('dialog[open]').last();
  const sentence = (page) => page.locator('.policy-beside .policy-sentence');
  const role = (page, name) => page.locator('.policy-role', { hasText: name }).getByLabel(name, { exact: true });
  const account = (await api('GET', '/latchkey/v1/whoami')).data.account;

  // What the door says to an upload that is begun with this key.
  const pushes = async (key, namespace) => (await fetch(`${url}/v2/${namespace}/app/blobs/uploads/`, {
    method: 'POST', headers: { Authorization: `Basic ${Buffer.from(`iamapikey:${key}`).toString('base64')}` },
  })).status;

  async function service(name) {
    const { data } = await api('POST', '/v1/serviceids', { account_id: account, name, apikey: { name } });
    return { id: data.iam_id, key: data.apikey.apikey, name };
  }

  async function says(page, text, name) {
    await page.waitForFunction((wanted) =>
      document.querySelector('.policy-beside .policy-sentence')?.textContent === wanted,
      text, { timeout: 5000 }).catch(() => {});
    same(await sentence(page).textContent(), text, name);
  }

  async function choose(page, name) {
    await page.locator('.policy-who button').click();
    await top(page).locator('.list-row', { hasText: name }).click();
    await axe(page, `${name}: axe-core finds nothing where somebody is chosen`);
    await press(top(page), say('policy.choose'));
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
  }

  async function announced(page, text, name) {
    await page.waitForFunction((wanted) => document.querySelector('.announce')?.textContent === wanted,
      text, { timeout: 5000 }).catch(() => {});
    same(await page.locator('.announce').textContent(), text, name);
  }

  const paste = (field, text) => field.evaluate((node, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', pasted);
    node.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);

  async function build(page, language, robot) {
    await press(page.locator('main'), say('policy.create'));
    same([await page.getByText(say('policy.choose_who_first')).isVisible(),
      await page.getByText(say('policy.roles_none')).isVisible()],
      [true, true], `${language}: without anybody and without roles nothing is sent, and it says why`);
    await choose(page, robot.name);
    await role(page, 'Manager').check();
    await says(page, SENTENCES[language].wide, `${language}: what is wide is said`);
    ok(await page.getByText(say('policy.wide')).isVisible(), `${language}: with a warning`);
    await role(page, 'Manager').uncheck();
    await role(page, 'Writer').check();
    await page.getByLabel(say('policy.things_some')).check();
    await page.getByLabel(say('policy.names'), { exact: true }).fill('birds');
    await page.getByLabel(say('policy.region'), { exact: true }).selectOption('local');
    await says(page, SENTENCES[language].writer, `${language}: the sentence says what is granted`);
    ok(!await page.getByText(say('policy.wide')).isVisible(), `${language}: which is not wide`);
    same(await page.locator('datalist option').evaluateAll((all) => all.map((one) => one.value).sort()),
      ['bees', 'birds', 'wasps'],
      `${language}: the namespaces that are there are offered`);
    await axe(page, `${language}: axe-core finds nothing where a policy is built`);
    await shot(page, `policy-new-${language}`, { fullPage: true });
  }

  async function made(language) {
    const robot = await service(`ci-${language}`);
    same(await pushes(robot.key, 'birds'), 403, `${language}: without a policy nothing is pushed`);
    const page = await at('access/policies/new', { language });
    await build(page, language, robot);
    await press(page.locator('main'), say('policy.create'));
    await top(page).getByText(SENTENCES[language].writer).waitFor();
    same([await pushes(robot.key, 'birds'), await pushes(robot.key, 'bees')], [202, 403],
      `${language}: the key pushes into birds and not into bees`);
    await press(top(page), say('policy.explain'));
    await page.waitForURL(/access\/explain\?who=/);
    await page.locator('.policy-verdict').waitFor();
    await ready(page);
    return { robot, page };
  }

  // One policy on several names, or on a pattern beside a name.
  async function several(page, language) {
    const [both, like] = [await service(`both-${language}`), await service(`like-${language}`)];
    const names = page.getByLabel(say('policy.names'), { exact: true });
    const chips = () => page.locator('.policy-names code').allInnerTexts();
    const written = async (robot) => (await api('GET', `/v2/policies?account_id=${account}&iam_id=${robot.id}`)).data
      .policies[0].resource.attributes.find((one) => one.key === 'resource');
    const begin = async (robot) => {
      await go(page, `access/policies/new?who=${robot.id}`);
      await role(page, 'Writer').check();
      await page.getByLabel(say('policy.things_some')).check();
    };
    const create = async () => {
      await press(page.locator('main'), say('policy.create'));
      await press(top(page), say('policy.to_policies'));
      await page.waitForURL(/policies$/);
    };
    const opens = async (robot) => Promise.all(['birds', 'bees', 'wasps'].map((one) => pushes(robot.key, one)));

    await begin(both);
    await names.pressSequentially('wasps,birds birds ');
    same(await chips(), ['wasps', 'birds'], `${language}: a comma or a blank ends a name, and each is there once`);
    await announced(page, say('policy.names_added', { names: 'birds' }), `${language}: which is announced`);
    await press(page.locator('.policy-names'), say('policy.name_drop', { name: 'wasps' }));
    ok(await names.evaluate((input) => input === document.activeElement),
      `${language}: where one is taken away the keyboard is in the field`);
    await announced(page, say('policy.name_dropped', { name: 'wasps' }), `${language}: and it is announced`);
    await paste(names, 'bees\r\nlarks\n');
    same(await chips(), ['birds', 'bees', 'larks'], `${language}: lines that are pasted are a name each`);
    await press(page.locator('.policy-names'), say('policy.name_drop', { name: 'larks' }));
    await press(page.locator('.policy-names'), say('policy.name_drop', { name: 'bees' }));
    await names.fill('bees');
    await says(page, SENTENCES[language].several, `${language}: the sentence lists the names, also what was not ended`);
    await axe(page, `${language}: axe-core finds nothing at several names`);
    await shot(page, `policy-names-${language}`, { fullPage: true });
    await create();
    same(await written(both), { key: 'resource', operator: 'stringEqualsAnyOf', value: ['birds', 'bees'] },
      `${language}: one policy has both`);
    same(await opens(both), [202, 202, 403], `${language}: which opens these two and no third`);

    await begin(like);
    await names.pressSequentially('bi*');
    await page.keyboard.press('Enter');
    await names.pressSequentially('bees');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Backspace');
    same([await chips(), await page.locator('dialog[open]').count()], [['bi*'], 0],
      `${language}: Enter ends a name and sends nothing, and the last one is taken back`);
    await names.fill('wasps');
    await says(page, SENTENCES[language].patterns, `${language}: the sentence tells of patterns`);
    await create();
    same((await written(like)).operator, 'stringMatchAnyOf', `${language}: a pattern makes them patterns`);
    same(await opens(like), [202, 403, 202], `${language}: which opens what is like them`);

    await go(page, `access/policies?who=${like.id}`);
    await page.locator('.list-row a.row-link').click();
    await ready(page);
    await says(page, SENTENCES[language].patterns, `${language}: changing it shows what it is about`);
    await go(page, `access/service-ids/${both.id.replace(/^iam-/, '')}`);
    same(await page.locator('.access-says').allInnerTexts(), [SENTENCES[language].several],
      `${language}: and the page of who has it says so`);
    await shot(page, `policy-of-service-${language}`, { fullPage: true });
    await ids(page, language, both, like);
  }

  // Ids are what is sent; what people see is names.
  async function ids(page, language, both, like) {
    const two = [both, like].map((one) => one.id.replace(/^iam-/, ''));
    const query = new URLSearchParams({ who: both.id, service: 'iam-identity' });
    for (const id of two) query.append('name', id);
    await go(page, `access/policies/new?${query}`);
    await page.locator('.policy-names').getByText(like.name, { exact: true }).waitFor();
    same(await page.locator('.policy-names li').allInnerTexts(), [both.name, like.name],
      `${language}: of service IDs the names are shown`);
    await role(page, 'Editor').check();
    await press(page.locator('main'), say('policy.create'));
    await press(top(page), say('policy.to_policies'));
    await page.waitForURL(/policies$/);
    await go(page, `access/service-ids/${two[0]}`);
    await page.locator('.picture').waitFor();
    const thing = texts(language)('policy.some_serviceid', { names: '' }).trim();
    const names = language === 'ko' ? `${both.name}, ${like.name}` : `${both.name} and ${like.name}`;
    const boxes = await page.locator('.picture-wide .picture-box').allInnerTexts();
    ok(boxes.some((text) => text.includes(`${thing} ${names}`)), `${language}: in the box of the policy`, boxes);
    ok(boxes.some((text) => text.split('\n').includes(names)), `${language}: and of what it opens`, boxes);
    ok(!boxes.join().includes(two[1]), `${language}: no id stands in the picture`, boxes);
  }

  const birds = () => say('policy.of_region', { thing: 'birds', region: 'local' });

  // The chains are the drawing where there is no room: what stands in them is what the
  // lines join.
  const joined = (page) => page.locator('.picture-narrow > li').evaluateAll((all) => all.map((one) =>
    [...one.querySelectorAll('.picture-name')].map((name) => name.textContent).join(' > ')));

  async function explained(page, language, robot) {
    same(await joined(page), [`${robot.name} > Writer > ${birds()}`],
      `${language}: the picture joins it with the namespace`);
    same(await counted(page.locator('.picture-wide .picture-way circle'), 2), 2,
      `${language}: and its lines are drawn`);
    await axe(page, `${language}: axe-core finds nothing at the picture`);
    await shot(page, `policy-explain-${language}`, { fullPage: true });
    await go(page, `access/explain?who=${robot.id}&action=${PUSH}&name=birds/app`);
    same([await page.locator('.policy-verdict .badge').innerText(), await page.locator('.policy-whys').innerText()],
      [say('policy.yes'), SENTENCES[language].writer], `${language}: it may push there, and this policy says so`);
    await go(page, `access/explain?who=${robot.id}&action=${PUSH}&name=bees/app`);
    same([await page.locator('.policy-verdict .badge').innerText(), await page.locator('.picture-label').innerText(),
      await page.locator('.picture-way.no').count()],
    [say('policy.no'), say('policy.lacks_resource'), 1],
    `${language}: elsewhere not, and the broken line says what is missing`);
    await axe(page, `${language}: axe-core finds nothing at a no`);
    await shot(page, `policy-no-${language}`, { fullPage: true });
    await go(page, `access/explain?as=who&action=${PUSH}&name=birds/app`);
    ok((await joined(page)).includes(`${robot.name} > Writer > birds/app`),
      `${language}: from the other end it is the same`);
  }

  // The value of a key is asked about, and never comes into the address.
  async function pasted(page, language, robot) {
    await go(page, 'access/explain');
    await page.getByLabel(say('policy.ask_credential'), { exact: true }).check();
    await page.getByLabel(say('policy.credential'), { exact: true }).fill(robot.key);
    await press(page.locator('main'), say('policy.ask'));
    await page.locator('.picture').waitFor();
    same(await joined(page), [`${robot.name} > ${robot.name} > Writer > ${birds()}`],
      `${language}: from a key's value on`);
    ok(!page.url().includes(robot.key.slice(0, 12)), `${language}: which is not in the address`);
  }

  async function changed(page, language, robot) {
    await go(page, `access/policies?who=${robot.id}`);
    same(await page.locator('.policy-says').allInnerTexts(), [SENTENCES[language].writer],
      `${language}: the list has its sentence`);
    await axe(page, `${language}: axe-core finds nothing in the list`);
    await shot(page, `policies-${language}`);
    await page.locator('.list-row a.row-link').click();
    await ready(page);
    const id = new URL(page.url()).searchParams.get('edit');
    // Somebody else is first.
    const { data } = await api('GET', `/v2/policies/${id}`);
    await fetch(`${url}/v2/policies/${id}`, { method: 'PUT',
      headers: { 'Content-Type': 'application/json', 'If-Match': '*',
      Authorization: `Basic ${Buffer.from(`iamapikey:${apikey}`).toString('base64')}` },
    body: JSON.stringify({ type: 'access', subject: data.subject, resource: data.resource, control: data.control,
      description: 'of somebody else' }) });
    await role(page, 'Reader').check();
    await press(page.locator('main'), say('policy.save'));
    await top(page).getByText(say('access.stale'), { exact: true }).waitFor();
    ok((await api('GET', `/v2/policies/${id}`)).data.control.grant.roles.length === 1,
      `${language}: what is stale is said to be, and not saved`);
    const old = await page.locator('main form').elementHandle();
    await press(top(page), say('access.reload'));
    await page.locator('dialog[open]').waitFor({ state: 'detached' });
    // The page as it was stands there until what is new has come.
    await page.waitForFunction((node) => !node.isConnected, old);
    await ready(page);
    await role(page, 'Reader').check();
    await says(page, SENTENCES[language].both, `${language}: the sentence follows`);
    await press(page.locator('main'), say('policy.save'));
    await page.locator('.toast', { hasText: say('policy.saved') }).waitFor();
    const now = (await api('GET', `/v2/policies/${id}`)).data;
    same([now.control.grant.roles.length, now.description], [2, 'of somebody else'],
      `${language}: saved, with what others wrote there`);
  }

  async function refused(page, language, robot) {
    await go(page, `access/policies/new?who=${robot.id}&service=git`);
    await role(page, 'Reader').check();
    for (const again of [false, true]) {
      await press(page.locator('main'), say('policy.create'));
      if (again) break;
      await press(top(page), say('policy.make_another'));
      await go(page, `access/policies/new?who=${robot.id}&service=git`);
      await role(page, 'Reader').check();
    }
    const link = page.getByRole('link', { name: say('policy.conflict_link') });
    await link.waitFor();
    ok(/edit=[0-9a-f-]{36}$/.test(await link.getAttribute('href')),
      `${language}: the same once more is refused, with a link to what is there`);
  }

  async function timed(page, language, robot) {
    await go(page, `access/policies/new?who=${robot.id}&name=bees`);
    await role(page, 'Writer').check();
    await page.getByLabel(say('policy.when_once'), { exact: true }).check();
    await page.getByLabel(say('policy.until'), { exact: true }).first().fill('2020-01-01T00:00');
    await press(page.locator('main'), say('policy.create'));
    await press(top(page), say('policy.to_policies'));
    await page.waitForURL(/policies$/);
    same(await pushes(robot.key, 'bees'), 403, `${language}: a time that is over opens nothing`);
    await go(page, `access/explain?who=${robot.id}&action=${PUSH}&name=bees/app`);
    ok((await page.locator('.picture-label').allInnerTexts()).includes(say('policy.lacks_time')),
      `${language}: and that is what is said`);
  }

  async function deleted(page, language, robot) {
    await go(page, `access/policies?who=${robot.id}`);
    await page.locator('.list-head input[type=checkbox]').check();
    await press(page.locator('.list'), say('policy.delete'));
    await press(top(page), say('policy.delete'));
    await page.locator('.list .empty').waitFor();
    same(await pushes(robot.key, 'birds'), 403, `${language}: deleted, the key pushes nothing`);
    await go(page, `access/explain?who=${robot.id}&action=${PUSH}&name=birds/app`);
    same([await page.locator('.policy-verdict .badge').innerText(), await page.locator('.picture-label').innerText()],
      [say('policy.no'), say('policy.by_nothing')], `${language}: and explaining says so`);
    await go(page, `access/policies?who=${robot.id}&state=deleted`);
    await page.locator('.list-row', { hasText: SENTENCES[language].both }).locator('input').check();
    await press(page.locator('.list'), say('policy.restore'));
    await page.locator('.toast', { hasText: say('policy.restored') }).waitFor();
    same(await pushes(robot.key, 'birds'), 202, `${language}: brought back, it pushes again`);
  }

  for (const language of ['en', 'ko']) {
    const { robot, page } = await made(language);
    await explained(page, language, robot);
    await pasted(page, language, robot);
    await changed(page, language, robot);
    await refused(page, language, robot);
    await timed(page, language, robot);
    await deleted(page, language, robot);
    await several(page, language);
    for (const where of [`access/explain?who=${robot.id}`, 'access/policies', `access/policies/new?who=${robot.id}`]) {
      await page.setViewportSize({ width: 360, height: 740 });
      await go(page, where);
      await fits(page, `${language}: ${where.split('?')[0]} fits into 360 px`);
      await axe(page, `${language}: axe-core finds nothing there: ${where.split('?')[0]}`);
      await shot(page, `narrow-${where.split('?')[0].replaceAll('/', '-')}-${language}`, { fullPage: true });
    }
    await page.context().close();
  }
});
