"""matrix.py: every route x role x own and foreign thing x carrier, against a
table that people wrote.

  matrix.py fill DATABASE
      puts a service ID with Reader on the namespace "birds" into a stopped
      installation that matrix.py made, by the database.
  matrix.py make URL KEY-FILE STATE
      makes two accounts with one of everything, and somebody for each role.
  matrix.py run URL KEY-FILE STATE SSH-HOST SSH-PORT TABLE ROUTES
      sends the requests. Prints TAP: one result for each line of the table, one
      for each of ROUTES ("DOOR METHOD PATTERN VERB BODY") that has none.
      DRAFT=1 prints what happened in the form of the table instead.

The classes: "+" let in, whatever is then said of the content; "-" denied, as each
door says it; "?" nothing was proven: 401; "." no such request can be made.
"""
import base64, hashlib, http.client, json, os, re, sqlite3, subprocess, sys, time
import urllib.parse

LETTERS = "ORWMVPEANSFTKX"
ROLES = dict(R="Reader", W="Writer", M="Manager", V="Viewer", P="Operator",
             E="Editor", A="Administrator")
ZEROES = "sha256:" + "0" * 64
JSON = {"Content-Type": "application/json"}
OURS = {"Latchkey-Console": "1"}
# Their own session is over after these.
SIGNS_OUT = ("api DELETE /latchkey/v1/session", "console DELETE /console/session")
BROKEN = b'{"'
# Sessions are of a client by name; this one is what comes with an API key, too.
CLIENT = "iamapikey"
SERVICE = "iam-ServiceId-00000000-0000-4000-8000-000000000001"


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Server:
    """Requests over connections that stay, one for each address they come from."""

    def __init__(self, url, source="127.0.0.1"):
        self.at = urllib.parse.urlsplit(url).netloc
        self.host, port = self.at.split(":")
        self.port, self.source, self.line = int(port), source, None

    def ask(self, method, target, body=None, head=()):
        fields = {"Host": self.at, **dict(head)}
        if body is not None:
            fields.setdefault("Content-Type", "application/json")
        for last in False, True:
            if self.line is None:
                self.line = http.client.HTTPConnection(
                    self.host, self.port, timeout=30,
                    source_address=(self.source, 0))
            try:
                self.line.request(method, target, body, fields)
                answer = self.line.getresponse()
                data = answer.read()
                if answer.will_close:
                    self.line.close()
                    self.line = None
                return answer.status, data, answer.headers
            except (http.client.RemoteDisconnected, BrokenPipeError,
                    ConnectionResetError):
                self.line.close()
                self.line = None
                if last:
                    raise


def basic(user, secret):
    return {"Authorization": "Basic " + base64.b64encode(
        f"{user}:{secret}".encode()).decode()}


def bearer(token):
    return {"Authorization": "Bearer " + token}


# --- what there is ---------------------------------------------------------

class World:
    """Things of two accounts; "own" and "foreign" are how the table sees them."""

    def __init__(self, url, key_file):
        with open(key_file) as f:
            self.state = {"keys": {"O": json.load(f)["apikey"]}, "ids": {},
                          "own": {"slug": "nest", "ns": "birds"},
                          "foreign": {"slug": "burrow", "ns": "moles"}}
        self.server = Server(url)

    def must(self, who, method, target, body=None, head=(), good=(200, 201, 202,
                                                                  204)):
        data = json.dumps(body).encode() if isinstance(body, (dict, list)) \
            else body
        status, answer, fields = self.server.ask(
            method, target, data, {**basic("iamapikey",
                                           self.state["keys"][who]),
                                   **dict(head)})
        if status not in good:
            raise SystemExit(f"Bail out! {method} {target} as {who}: {status} "
                             f"{answer[:300]!r}")
        self.fields = fields
        return json.loads(answer) if answer[:1] in (b"{", b"[") else answer

    def person(self, who, email, roles, by="O"):
        user = self.must(by, "POST", "/latchkey/v1/users",
                         {"email": email, "roles": roles})
        self.state["ids"][who] = user["id"]
        self.key_for(who, user["id"], by)
        return user["id"]

    def key_for(self, who, identity, by="O"):
        self.state["keys"][who] = self.must(
            by, "POST", f"/latchkey/v1/users/{identity}/api-keys",
            {"name": f"key-{who}"})["apikey"]

    def make(self):
        made = self.must("O", "POST", "/latchkey/v1/accounts",
                         {"slug": "burrow", "owner_email": "mole@burrow.example"})
        self.state["keys"]["F"] = made["apikey"]
        self.state["ids"]["F"] = made["account"]["owner"]
        self.state["foreign"]["id"] = made["account"]["id"]
        mine = self.must("O", "GET", "/latchkey/v1/accounts/nest")
        self.state["own"]["id"] = mine["id"]
        self.state["ids"]["O"] = mine["owner"]
        for letter, role in ROLES.items():
            self.person(letter, f"{role.lower()}@nest.example", [role])
        self.person("N", "none@nest.example", [])
        for side, who in ("own", "O"), ("foreign", "F"):
            self.fill(self.state[side], who)
        self.ssh_keys()

    def fill(self, at, who):
        """One of everything, made by its account's owner."""
        at["owner"] = who
        at["user"] = self.person(who + "'", f"robin@{at['slug']}.example", [],
                                 who)
        at["value"] = self.state["keys"][who + "'"]
        self.must(who, "PUT", f"/latchkey/v1/accounts/{at['slug']}",
                  {"git_http": True})
        for part in ("service", "session", "project", "repo", "namespace",
                     "token", "token", "apikey", "keypair", "server", "userkey",
                     "repokey", "projectkey", "policy", "role", "group",
                     "leaver"):
            getattr(self, "make_" + part)(at)

    def make_project(self, at):
        at["project"] = self.must(
            at["owner"], "POST", f"/2.0/workspaces/{at['slug']}/projects",
            {"key": "NESTS", "name": "nests"})["key"]

    def make_repo(self, at):
        self.must(at["owner"], "POST", f"/2.0/repositories/{at['slug']}/tools",
                  {})

    def make_namespace(self, at):
        who, ns = at["owner"], at["ns"]
        self.must(who, "PUT", f"/api/v1/namespaces/{ns}")
        config = b'{"architecture":"amd64","os":"linux","rootfs":' \
            b'{"type":"layers","diff_ids":[]}}'
        at["blob"] = sha256(config)
        self.must(who, "POST", f"/v2/{ns}/app/blobs/uploads/?digest="
                  + at["blob"], config,
                  {"Content-Type": "application/octet-stream"})
        kind = "application/vnd.oci.image.manifest.v1+json"
        manifest = json.dumps({
            "schemaVersion": 2, "mediaType": kind, "layers": [], "config": {
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": at["blob"], "size": len(config)}}).encode()
        at["digest"] = sha256(manifest)
        self.must(who, "PUT", f"/v2/{ns}/app/manifests/latest", manifest,
                  {"Content-Type": kind})

    def make_token(self, at):
        answer = self.must(at["owner"], "POST",
                           "/api/v1/tokens?description=x&write=true")
        middle = answer["token"].split(".")[1]
        at["token"] = json.loads(base64.urlsafe_b64decode(
            middle + "=" * (-len(middle) % 4)))["jti"]
        at.setdefault("token_value", answer["token"])

    def make_apikey(self, at):
        at["apikey"] = self.must(
            at["owner"], "POST",
            f"/latchkey/v1/users/{at['user']}/api-keys",
            {"name": "of robin"})["id"]

    def make_session(self, at):
        body, fields = form(
            grant_type="urn:ibm:params:oauth:grant-type:apikey",
            apikey=self.state["keys"][at["owner"] + "'"])
        made = self.must(at["owner"], "POST", "/identity/token", body,
                         {**fields, **basic(CLIENT, "")})
        at.update(session=made["session_id"], access=made["access_token"],
                  refresh=made["refresh_token"])

    def make_policy(self, at):
        """The same each time: what was deleted is no conflict."""
        at["policy"] = self.must(at["owner"], "POST", "/v1/policies",
                                 policy_v1(at, "kept"))["id"]

    def make_role(self, at):
        at["role"] = self.must(at["owner"], "POST", "/v2/roles",
                               role(at, self.fresh("Role")))["id"]

    def make_group(self, at):
        at["group"] = self.must(
            at["owner"], "POST", "/v2/groups?account_id=" + at["id"],
            {"name": self.fresh("group")})["id"]
        self.make_member(at)

    def make_member(self, at):
        self.must(at["owner"], "PUT", f"/v2/groups/{at['group']}/members",
                  member(at), good=(207,))

    def make_leaver(self, at):
        """Somebody whom nobody misses."""
        at["leaver"] = self.must(
            at["owner"], "POST", "/latchkey/v1/users",
            {"email": self.fresh("leaver") + f"@{at['slug']}.example",
             "roles": []})["id"]

    def fresh(self, word):
        self.state["made"] = self.state.get("made", 0) + 1
        return f"{word}{self.state['made']}"

    def make_service(self, at):
        at["service"] = self.must(at["owner"], "POST", "/v1/serviceids", {
            "account_id": at["id"], "name": "of the account"})["id"]

    def make_keypair(self, at):
        self.must(at["owner"], "POST",
                  f"/latchkey/v1/projects/{at['slug']}/default/keypairs",
                  {"name": "pair"})

    def make_server(self, at):
        self.must(at["owner"], "POST",
                  f"/latchkey/v1/projects/{at['slug']}/default/servers",
                  {"name": "web", "keypair": "pair"})

    def public_key(self, name):
        made = self.dir + "/" + name
        if not os.path.exists(made):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C",
                            "", "-f", made], check=True,
                           stdin=subprocess.DEVNULL)
        with open(made + ".pub") as f:
            return f.read().strip()

    def make_userkey(self, at):
        key = self.must(
            at["owner"] + "'", "POST", "/2.0/users/me/ssh-keys",
            {"key": self.public_key("robin-" + at["slug"]), "label": "x"})
        at["userkey"] = key["uuid"]

    def make_repokey(self, at):
        at["repokey"] = str(self.must(
            at["owner"], "POST",
            f"/2.0/repositories/{at['slug']}/tools/deploy-keys",
            {"key": self.public_key("K-" + at["slug"]), "label": "x"})["id"])

    def make_projectkey(self, at):
        at["projectkey"] = str(self.must(
            at["owner"], "POST",
            f"/2.0/workspaces/{at['slug']}/projects/{at['project']}"
            "/deploy-keys", {"key": self.public_key("P-" + at["slug"]),
                             "label": "x"})["id"])

    def ssh_keys(self):
        for who in "ORWMVPEANF":
            self.must(who, "POST", "/2.0/users/me/ssh-keys",
                      {"key": self.public_key("ssh-" + who), "label": "ssh"})


def fill(database):
    """A service ID with Reader on one namespace, as the core keeps it."""
    db = sqlite3.connect(database)
    account, = db.execute("SELECT id FROM account WHERE slug = 'nest'"
                          ).fetchone()
    now = int(time.time() * 1000)
    db.execute("INSERT INTO identity (id, account_id, kind, name, created_at, "
               "modified_at) VALUES (?, ?, 'service', 'ci', ?, ?)",
               (SERVICE, account, now, now))
    db.execute("INSERT INTO policy (id, account_id, type, subject_kind, "
               "subject_id, created_by, created_at, modified_by, modified_at) "
               "VALUES ('p-of-ci', ?, 'access', 'iam_id', ?, '', ?, '', ?)",
               (account, SERVICE, now, now))
    db.execute("INSERT INTO policy_role VALUES ('p-of-ci', 0, "
               "'crn:v1:bluemix:public:iam::::serviceRole:Reader')")
    for i, (name, value) in enumerate((
            ("accountId", account), ("serviceName", "container-registry"),
            ("resourceType", "namespace"), ("resource", "birds"))):
        db.execute("INSERT INTO policy_attribute (policy_id, position, name, "
                   "value) VALUES ('p-of-ci', ?, ?, ?)", (i, name, value))
    db.commit()


# --- requests --------------------------------------------------------------

def form(**fields):
    return (urllib.parse.urlencode(fields).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"})


def policy_v1(at, space):
    return {"type": "access", "subjects": [{"attributes": [
        {"name": "iam_id", "value": at["user"]}]}],
        "roles": [{"role_id":
                   "crn:v1:bluemix:public:iam::::serviceRole:Reader"}],
        "resources": [{"attributes": [
            {"name": "accountId", "value": at["id"]},
            {"name": "serviceName", "value": "container-registry"},
            {"name": "resourceType", "value": "namespace"},
            {"name": "resource", "value": space}]}]}


def policy_v2(at, space):
    v1 = policy_v1(at, space)

    def attributes(side):
        return {"attributes": [
            {"key": a["name"], "operator": "stringEquals", "value": a["value"]}
            for a in v1[side][0]["attributes"]]}
    return {"type": "access", "control": {"grant": {"roles": v1["roles"]}},
            "subject": attributes("subjects"),
            "resource": attributes("resources")}


def role(at, name):
    return {"name": name, "display_name": name, "account_id": at["id"],
            "service_name": "container-registry",
            "actions": ["container-registry.image.pull"]}


def member(at):
    return {"members": [{"iam_id": at["user"], "type": "user"}]}


def as_json(value, **fields):
    """A body for SPECIAL, whatever the thing's version is."""
    return "", json.dumps(value).encode(), {**JSON, "If-Match": "*", **fields}


def once():
    """A name that nobody took."""
    return "x" + os.urandom(8).hex()


# What a route is asked with beside its path: body, or a function of the account's
# things that gives a query, a body and fields. A body that cannot be read is
# harmless where the gate decides before it is.
SPECIAL = {
    "api PATCH /latchkey/v1/users/{id}": lambda at: ("", b'{"disabled":false}',
                                                     JSON),
    "api GET /latchkey/v1/users": lambda at: ("?account=" + at["id"], None, {}),
    "api POST /latchkey/v1/users": lambda at: ("?account=" + at["id"], BROKEN,
                                               JSON),
    "api POST /latchkey/v1/users/{id}/api-keys": lambda at: (
        "", b'{"name":"more"}', JSON),
    "api POST /latchkey/v1/revoke": lambda at: ("", json.dumps(
        {"what": at["apikey"], "dry_run": True}).encode(), JSON),
    "api POST /latchkey/v1/look": lambda at: ("", b'{"values":["x"]}', JSON),
    "api POST /latchkey/v1/leaked": lambda at: ("", json.dumps(
        {"value": at["value"]}).encode(), JSON),
    "api POST /latchkey/v1/explain": lambda at: ("", json.dumps(
        {"identity": at["user"]}).encode(), JSON),
    "api POST /latchkey/v1/explain/who": lambda at: (
        "?account=" + at["id"], b'{"action":"audit.read"}', JSON),
    "api GET /latchkey/v1/sessions": lambda at: ("?identity=" + at["user"], None,
                                                 {}),
    "api GET /latchkey/v1/audit": lambda at: ("?account=" + at["id"], None, {}),
    "api GET /latchkey/v1/activity": lambda at: (
        "?account=" + at["id"], None, {}),
    "identity POST /v1/apikeys": lambda at: ("", json.dumps(
        {"name": "more", "iam_id": at["user"]}).encode(), JSON),
    "identity GET /v1/apikeys": lambda at: (
        f"?account_id={at['id']}&iam_id={at['user']}", None, {}),
    "identity GET /v1/serviceids": lambda at: ("?account_id=" + at["id"], None,
                                               {}),
    "identity POST /v1/serviceids": lambda at: ("", json.dumps(
        {"name": "more", "account_id": at["id"]}).encode(), JSON),
    "identity GET /v2/resource_groups": lambda at: ("?account_id=" + at["id"],
                                                    None, {}),
    "identity POST /v1/activity/accounts/{id}/report": lambda at: (
        "?type=inactive&duration=720", b"", JSON),
    "identity POST /v2/accounts/{id}/users": lambda at: as_json(
        {"users": [{"email": once() + "@nest.example",
                    "account_role": "Member"}]}),
    "identity PATCH /v2/accounts/{id}/users/{iam_id}": lambda at: as_json(
        {"state": "ACTIVE"}),
    "api POST /latchkey/v1/invitations/accept": lambda at: as_json(
        {"code": "z" * 44, "name": "Z", "password": "a nest of twigs and mud"}),
    "policy GET /v1/policies": lambda at: ("?account_id=" + at["id"], None, {}),
    "policy GET /v2/policies": lambda at: ("?account_id=" + at["id"], None, {}),
    "policy POST /v1/policies": lambda at: as_json(policy_v1(at, once())),
    "policy POST /v2/policies": lambda at: as_json(policy_v2(at, once())),
    "policy PUT /v1/policies/{id}": lambda at: as_json(policy_v1(at, "kept")),
    "policy PUT /v2/policies/{id}": lambda at: as_json(policy_v2(at, "kept")),
    "policy PATCH /v1/policies/{id}": lambda at: as_json({"state": "active"}),
    "policy GET /v2/roles": lambda at: ("?account_id=" + at["id"], None, {}),
    "policy POST /v2/roles": lambda at: as_json(role(at, "X" + once())),
    "policy PUT /v2/roles/{id}": lambda at: as_json(
        {"display_name": "X" + once(),
         "actions": ["container-registry.image.pull"]}),
    "policy GET /v2/groups": lambda at: ("?account_id=" + at["id"], None, {}),
    "policy POST /v2/groups": lambda at: (
        "?account_id=" + at["id"], json.dumps({"name": once()}).encode(), JSON),
    "policy DELETE /v2/groups/_allgroups/members/{iam_id}": lambda at: (
        "?account_id=" + at["id"], None, {}),
    "policy PUT /v2/groups/_allgroups/members/{iam_id}": lambda at: (
        "?account_id=" + at["id"], json.dumps(
            {"type": "user", "groups": [at["group"]]}).encode(), JSON),
    "policy PATCH /v2/groups/{id}": lambda at: as_json({"description": "x"}),
    "policy DELETE /v2/groups/{id}": lambda at: ("?force=true", None, {}),
    "policy PUT /v2/groups/{id}/members": lambda at: as_json(member(at)),
    "policy POST /v2/groups/{id}/members/delete": lambda at: as_json(
        {"members": [at["user"]]}),
    "console POST /console/session": lambda at: ("", b"{}", {**JSON, **OURS}),
    "console DELETE /console/session": lambda at: ("", None, OURS),
    "console POST /console/reports": lambda at: (
        "", b"[]", {"Content-Type": "application/reports+json"}),
    "cr PATCH /api/v1/auth": lambda at: as_json({"iam_authz": True}),
    "cr PATCH /api/v1/plans": lambda at: as_json({"plan": "Standard"}),
    "cr PATCH /api/v1/settings": lambda at: as_json({"platform_metrics": False}),
    "cr POST /api/v1/images/digests": lambda at: as_json(
        {"repositories": [at["image"].rpartition(":")[0]]}),
    "cr POST /api/v1/images/bulkdelete": lambda at: as_json(
        [at["image"].rpartition(":")[0] + "@" + ZEROES]),
    "git GET /git/{account}/{repo}/info/refs": lambda at: (
        "?service=git-upload-pack", None, {}),
    "git POST /git/{account}/{repo}/git-upload-pack": lambda at: (
        "", b"0000", {"Content-Type": "application/x-git-upload-pack-request"}),
    "git POST /git/{account}/{repo}/git-receive-pack": lambda at: (
        "", b"0000", {"Content-Type": "application/x-git-receive-pack-request"}),
    "cr POST /api/v1/images/tags": lambda at: (
        "?" + urllib.parse.urlencode({"fromimage": at["image"],
                                      "toimage": at["image"] + "2"}), None, {}),
    "cr POST /api/v1/retentions": lambda at: (
        "", json.dumps({"namespace": at["ns"], "images_per_repo": -1}).encode(),
        JSON),
    "cr POST /api/v1/retentions/analyze": lambda at: (
        "", json.dumps({"namespace": at["ns"], "images_per_repo": 1}).encode(),
        JSON),
    "oci POST /v2/{name+}/blobs/uploads/": lambda at: (
        "?digest=" + ZEROES, b"x", {"Content-Type": "application/octet-stream"}),
    "oci POST /v2/{name+}/blobs/uploads": lambda at: (
        "?digest=" + ZEROES, b"x", {"Content-Type": "application/octet-stream"}),
    "oci GET /oauth/token": lambda at: ("?service=registry", None, {}),
    "oci POST /oauth/token": lambda at: ("", *form(grant_type="none")),
    "iam POST /identity/introspect": lambda at: (
        "", *form(token=at["access"])),
    "iam POST /identity/passcode": lambda at: ("", *form(
        grant_type="refresh_token", refresh_token=at["refresh"])),
}

for _path in "identity", "oidc":
    SPECIAL[f"iam POST /{_path}/token"] = lambda at: ("", *form(
        grant_type="urn:ibm:params:oauth:grant-type:apikey",
        apikey=at["value"]))
for _thing in "apikeys", "serviceids":
    SPECIAL[f"identity PUT /v1/{_thing}/{{id}}"] = lambda at: (
        "", b'{"description":"x"}', {**JSON, "If-Match": "*"})
    for _state in "lock", "disable":
        SPECIAL[f"identity POST /v1/{_thing}/{{id}}/{_state}"] = \
            lambda at: ("", b"", JSON)

# What must be there again after such a request was let in.
MEND = {
    "api DELETE /latchkey/v1/users/{id}/api-keys/{key}": ["apikey"],
    "api DELETE /latchkey/v1/sessions/{id}": ["session"],
    "api DELETE /latchkey/v1/projects/{account}/{project}/keypairs/{name}":
        ["keypair"],
    "api DELETE /latchkey/v1/projects/{account}/{project}/servers/{name}":
        ["server"],
    "identity DELETE /v1/apikeys/{id}": ["apikey"],
    "identity DELETE /v1/serviceids/{id}": ["service"],
    "bitbucket DELETE /2.0/users/{user}/ssh-keys/{id}": ["userkey"],
    "bitbucket DELETE /2.0/workspaces/{ws}/projects/{key}/deploy-keys/{id}":
        ["projectkey"],
    "bitbucket DELETE /2.0/repositories/{ws}/{slug}/deploy-keys/{id}":
        ["repokey"],
    "bitbucket DELETE /2.0/workspaces/{ws}/projects/{key}":
        ["project", "projectkey"],
    "bitbucket DELETE /2.0/repositories/{ws}/{slug}": ["repo", "repokey"],
    "cr DELETE /api/v1/tokens/{id}": ["token"],
    "identity DELETE /v2/accounts/{id}/users/{iam_id}": ["leaver"],
    "policy DELETE /v1/policies/{id}": ["policy"],
    "policy DELETE /v2/policies/{id}": ["policy"],
    "policy DELETE /v2/roles/{id}": ["role"],
    "policy DELETE /v2/groups/{id}": ["group"],
    "policy DELETE /v2/groups/_allgroups/members/{iam_id}": ["member"],
    "policy POST /v2/groups/{id}/members/delete": ["member"],
    "policy DELETE /v2/groups/{id}/members/{iam_id}": ["member"],
    "cr DELETE /api/v1/namespaces/{name}": ["namespace"],
}

# Where the answer for one thing stands inside the answer: what says "denied".
INSIDE = {
    "cr POST /api/v1/images/bulkdelete": b'"CRG0020E"',
    "policy DELETE /v2/groups/_allgroups/members/{iam_id}":
        b'"status_code":403',
    "policy PUT /v2/groups/_allgroups/members/{iam_id}": b'"status_code":403',
    "policy PUT /v2/groups/{id}/members": b'"status_code":403',
    "policy POST /v2/groups/{id}/members/delete": b'"status_code":403',
}

# Things that are not there, where the door says "no" otherwise than "absent".
ABSENT = {
    "oci DELETE /v2/{name+}/manifests/{ref}": {"ref": ZEROES},
    "oci DELETE /v2/{name+}/blobs/{digest}": {"digest": ZEROES},
    "cr DELETE /api/v1/images/{image+}": {"tag": "absent"},
    "cr DELETE /api/v1/tags/{image+}": {"tag": "absent"},
}


def params(route, at, host):
    """What stands for each part of the path in braces."""
    image = f"{host}/{at['ns']}/app"
    at["image"] = image + ":latest"
    fixed = {
        "account": at["slug"], "ws": at["slug"], "project": "default",
        "repo": "tools", "slug": "tools", "user": at["user"],
        "name+": at["ns"] + "/app", "ref": "latest", "digest": at["blob"],
        "image+": at["image"], "token": os.urandom(32).hex(),
    }
    if route.startswith("api"):
        fixed.update(id=at["user"], key=at["apikey"], name="pair")
        if "/accounts/" in route:
            fixed["id"] = at["slug"]
        elif "/sessions/" in route:
            fixed["id"] = at["session"]
        elif "/servers/" in route:
            fixed["name"] = "web"
        elif "/namespaces/" in route:
            fixed["name"] = at["ns"]
    elif route.startswith("iam"):
        fixed["id"] = at["session"]
    elif route.startswith("cr"):
        fixed.update(name=at["ns"], id=at["token"])
    elif route.startswith("identity"):
        fixed["id"] = at["service"] if "/serviceids/" in route else \
            at["id"] if "/accounts/" in route else at["apikey"]
        fixed.update(iam_id=at["leaver"], reference="latest")
    elif route.startswith("policy"):
        fixed["iam_id"] = at["user"]
        fixed["id"] = at[re.search(r"/v\d/([a-z]+?)(s|ies)/", route)[1]
                         .replace("polic", "policy")] \
            if "{id}" in route else ""
    elif route.startswith("bitbucket"):
        fixed.update(key=at["project"], id=at["repokey"])
        if "/ssh-keys/" in route:
            fixed["id"] = at["userkey"]
        elif "/projects/" in route:
            fixed["id"] = at["projectkey"]
    elif route.startswith("console"):
        fixed.update({"hash": "0" * 32, "path+": "compute/keypairs"})
    elif route.startswith("oci"):
        fixed["id"] = "00000000-0000-4000-8000-000000000000"
    absent = ABSENT.get(route, {})
    if "tag" in absent:
        fixed["image+"] = image + ":" + absent["tag"]
    fixed.update({k: v for k, v in absent.items() if k != "tag"})
    return fixed


# Of each kind of body one that nothing comes of.
BODIES = {"none": (None, {}), "json": (BROKEN, JSON), "form": form(x="y"),
          "raw": (b"x", {"Content-Type": "application/octet-stream"}),
          "stream": (b"", {"Content-Type": "application/octet-stream"}),
          "exchange": (b"0000", {})}


def request(route, kind, at, host):
    """(method, target, body, fields) of a route at an account's things."""
    door, method, pattern = route.split()
    fixed = params(route, at, host)

    def value(m):
        if m.group(1) not in fixed:
            raise KeyError(f"{route}: nothing stands for {m.group(0)}")
        safe = "/:@" if m.group(1).endswith("+") else ":@"
        return urllib.parse.quote(fixed[m.group(1)], safe=safe)

    target = re.sub(r"\{([a-z_+]+)\}", value, pattern)
    query, (body, fields) = "", BODIES[kind]
    if route in SPECIAL:
        query, body, fields = SPECIAL[route](at)
    if door == "cr":
        fields = {**fields, "Account": at["id"]}
    return method, target + query, body, fields


# --- the table -------------------------------------------------------------

def read_table(path):
    """Of doors: which statuses say no, and how a carrier counts: "=" for who it is,
    "?" for nobody, "-" for a no. Of routes: own and foreign, and carriers that count otherwise."""
    doors, rows, apart, names = {}, {}, {}, []
    with open(path) as f:
        for n, line in enumerate(f, 1):
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0] == "door" and words[1] == "denials":
                names = words[2:]
            elif words[0] == "door":
                doors[words[1]] = (set(map(int, words[2].split(","))),
                                   dict(zip(names, words[3:])))
            elif words[0] == "carrier":
                apart[" ".join(words[1:4]), words[4]] = words[5]
            else:
                route = " ".join(words[:3])
                if len(words) != 5 or route in rows or any(
                        len(w) != len(LETTERS) for w in words[3:]):
                    raise SystemExit(f"Bail out! {path}:{n}: {line}")
                rows[route] = words[3:]
    return doors, rows, apart


class Run:
    def __init__(self, url, state, ssh, table):
        self.world, self.ssh, self.url = state, ssh, url
        self.doors, self.rows, self.apart = read_table(table)
        self.server, self.asked, self.count = Server(url), 0, 0
        self.guesses, self.failed = 0, 0
        self.carriers = {}
        self.prove()

    def prove(self):
        """How each of them shows who they are: {letter: {carrier: fields}}"""
        for who, key in self.world.state["keys"].items():
            if who in LETTERS:
                self.carriers[who] = {
                    "basic": basic("iamapikey", key),
                    "access": bearer(self.access(key)),
                    "docker": bearer(self.docker("iamapikey", key)),
                    "cookie": self.cookie(key)}
                self.carriers[who]["iambearer"] = basic(
                    "iambearer", self.carriers[who]["access"]["Authorization"]
                    .split()[1])
        value = self.world.state["own"]["token_value"]
        self.carriers["T"] = {"token": basic("token", value),
                              "docker": bearer(self.docker("token", value))}
        self.carriers["X"] = {"none": {}}

    def answer(self, method, target, body=None, fields=()):
        status, data, _ = self.server.ask(method, target, body, fields)
        if status != 200:
            raise SystemExit(f"Bail out! {target}: {status} {data[:200]!r}")
        return json.loads(data)

    def access(self, key):
        return self.answer("POST", "/identity/token", *form(
            grant_type="urn:ibm:params:oauth:grant-type:apikey",
            apikey=key))["access_token"]

    def cookie(self, key):
        body = json.dumps({"apikey": key}).encode()
        status, data, fields = self.server.ask("POST", "/console/session", body,
                                               {**JSON, **OURS})
        if status != 201:
            raise SystemExit(f"Bail out! no session at the console: {data!r}")
        return {"Cookie": fields["Set-Cookie"].partition(";")[0], **OURS}

    def docker(self, user, secret):
        scopes = [("service", "registry"), ("scope", "registry:catalog:*")]
        scopes += [("scope", f"repository:{ns}/app:pull,push,delete")
                   for ns in ("birds", "moles")]
        return self.answer("GET", "/oauth/token?" + urllib.parse.urlencode(
            scopes), None, basic(user, secret))["token"]

    def from_elsewhere(self):
        """An address that has not guessed yet: refusals count for addresses."""
        self.guesses += 1
        n = self.guesses
        return Server(self.url, f"127.{10 + n % 240}.{n // 240 % 250}"
                      f".{n // 60000 + 1}")

    def send(self, route, side, fields, guess):
        door = route.split()[0]
        at = self.world.state[side]
        method, target, body, more = request(route, self.kinds[route], at,
                                             self.server.at)
        server = self.from_elsewhere() if guess else self.server
        self.asked += 1
        status, data, head = server.ask(method, target, body,
                                        {**more, **fields})
        if guess and server.line is not None:
            server.line.close()
        denials = self.doors[door][0]
        challenge = head.get("WWW-Authenticate", "")
        if status >= 500 or status in (405, 415, 421, 429):
            got = f"!{status}"
        elif status == 401:
            got = "-" if "insufficient_scope" in challenge else "?"
        else:
            got = "-" if status in denials or \
                INSIDE.get(route, b"\0") in data else "+"
        if 200 <= status < 300 and route in MEND:
            for part in MEND[route]:
                getattr(self.world, "make_" + part)(at)
        return got, f"{status} {data[:160]!r}"

    def ssh_send(self, route, side, who):
        at = self.world.state[side]
        key = "K-nest" if who == "K" else "ssh-" + who
        command = route.split()[2]
        done = subprocess.run(
            ["/usr/bin/ssh", "-F", "/dev/null", "-p", self.ssh[1], "-o",
             "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
             "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes", "-o",
             "LogLevel=ERROR", "-i", f"{self.world.dir}/{key}",
             "git@" + self.ssh[0], f"{command} '/{at['slug']}/tools.git'"],
            input=b"0000", capture_output=True, timeout=60)
        self.asked += 1
        said = done.stdout + done.stderr
        if b"capabilities^{}" in done.stdout or done.returncode == 0:
            return "+", ""
        return ("?" if b"ermission denied (publickey" in said else "-",
                repr(said[:200]))

    def cells(self, route, side):
        """(letter, carrier, what happened, details) of each request."""
        door = route.split()[0]
        for who in LETTERS:
            if door == "ssh":
                if who in "ORWMVPEANFK":
                    yield (who, "ssh", *self.ssh_send(route, side, who))
                continue
            for carrier, fields in self.carriers.get(who, {}).items():
                guess = self.mode(route, carrier) != "=" or door == "meta" or \
                    carrier == "cookie"
                if carrier == "cookie" and route in SIGNS_OUT:
                    fields = self.cookie(self.world.state["keys"][who])
                yield (who, carrier,
                       *self.send(route, side, fields, guess))

    def wanted(self, route, side, who, carrier):
        """The table's word, or nobody's where the door takes no such thing."""
        row = self.rows[route][side == "foreign"]
        mode = self.mode(route, carrier)
        return mode if mode == "-" else \
            row[LETTERS.index("X" if mode == "?" else who)]

    def mode(self, route, carrier):
        return self.apart.get((route, carrier)) or \
            self.doors[route.split()[0]][1].get(carrier, "=")

    def row(self, route):
        wrong = []
        for side in "own", "foreign":
            for who, carrier, got, details in self.cells(route, side):
                wanted = self.wanted(route, side, who, carrier)
                if got != wanted:
                    wrong.append(f"{who} with {carrier} at {side}: wanted "
                                 f"{wanted}, got {got} {details}")
        self.ok(not wrong, route)
        for line in wrong:
            print("#", line)

    def draft(self, route):
        words = []
        for side in "own", "foreign":
            row = {}
            for who, carrier, got, details in self.cells(route, side):
                if os.environ["DRAFT"] == route:
                    print("#", side, who, carrier, got, details)
                if self.mode(route, carrier) == "=":
                    row.setdefault(who, set()).add(got)
            words.append("".join(
                row[c].pop() if len(row.get(c, ())) == 1 else
                "*" if c in row else "." for c in LETTERS))
        print(route, *words, flush=True)

    def ok(self, held, what):
        self.count += 1
        self.failed += not held
        print(f"{'ok' if held else 'not ok'} {self.count} - {what}", flush=True)


def run(url, state, ssh, table, list_of_routes):
    with open(list_of_routes) as f:
        lines = [line.split() for line in f]
    routes = [" ".join(words[:3]) for words in lines]
    r = Run(url, state, ssh, table)
    r.kinds = {" ".join(words[:3]): words[4] for words in lines}
    _, data, _ = r.server.ask("GET", "/metrics")
    doors = set(re.findall(r'door="([a-z]+)"', data.decode())) - {"none"}
    if os.environ.get("DRAFT"):
        for route in routes:
            r.draft(route)
        return
    there = {route.split()[0] for route in routes} - {"ssh"}
    r.ok(doors == there, "the doors of the list are the server's")
    if doors != there:
        print("#", sorted(doors ^ there))
    for route in routes:
        if route not in r.rows:
            r.ok(False, route + " is in the table")
    for route in r.rows:
        if route not in routes:
            r.ok(False, route + " is a route")
        else:
            r.row(route)
    print(f"# {r.asked} requests")
    print(f"1..{r.count}")
    sys.exit(r.failed > 0)


def main():
    what, *rest = sys.argv[1:]
    if what == "fill":
        fill(*rest)
        return
    url, key_file, state_dir = rest[:3]
    world = World(url, key_file)
    world.dir = state_dir
    if what == "make":
        world.make()
        with open(state_dir + "/state", "w") as f:
            json.dump(world.state, f)
        return
    with open(state_dir + "/state") as f:
        world.state = json.load(f)
    if "S" not in world.state["keys"]:
        world.key_for("S", SERVICE)
    run(url, world, rest[3:5], *rest[5:7])


main()
