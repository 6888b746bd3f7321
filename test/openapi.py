"""openapi.py DOCUMENT LIST: is each answer as it is described?

DOCUMENT is an OpenAPI 3.1 file; LIST has lines METHOD PATH STATUS FILE, where
PATH is the target that was asked for and FILE holds what came back. Every member
must be described and every required one be there, whatever the schema says of
others. Prints what is not so, and fails.
"""
import json
import re
import sys

doc = json.load(open(sys.argv[1], encoding="utf-8"))
KINDS = {
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "array": lambda v: isinstance(v, list),
    "object": lambda v: isinstance(v, dict),
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def resolve(node):
    while "$ref" in node:
        at = doc
        for part in node["$ref"].lstrip("#/").split("/"):
            at = at[part]
        node = at
    return node


def members(schema, value, where):
    known = schema["properties"]
    flaws = [f"{where}: no '{n}'" for n in schema.get("required", ())
             if n not in value]
    for name, inner in value.items():
        if name in known:
            flaws += wrong(known[name], inner, f"{where}.{name}")
        else:
            flaws.append(f"{where}: '{name}' is not described")
    return flaws


def wrong(schema, value, where="$"):
    schema = resolve(schema)
    if "anyOf" in schema:
        tries = [wrong(one, value, where) for one in schema["anyOf"]]
        return [] if [] in tries else min(tries, key=len)
    if not KINDS[schema["type"]](value):
        return [f"{where}: {value!r} is no {schema['type']}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: {value!r} is none of {schema['enum']}"]
    if schema.get("format") == "date-time" and not TIME.fullmatch(value):
        return [f"{where}: {value!r} is no time"]
    if schema["type"] == "object" and "properties" in schema:
        return members(schema, value, where)
    if schema["type"] == "array":
        return [flaw for i, one in enumerate(value)
                for flaw in wrong(schema["items"], one, f"{where}[{i}]")]
    return []


def operation(method, target):
    path = target.split("?")[0].rstrip("/")
    for template, item in doc["paths"].items():
        like = re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template))
        if re.fullmatch(like, path) and method.lower() in item:
            return item[method.lower()]
    return None


def check(method, target, status, body):
    op = operation(method, target)
    if op is None:
        return ["the operation is not described"]
    if status not in op["responses"]:
        return ["the status is not described"]
    content = resolve(op["responses"][status]).get("content")
    if content is None:
        return [f"a body of {len(body)} bytes"] if body else []
    if "application/json" not in content:
        return []
    return wrong(content["application/json"]["schema"], json.loads(body))


def main():
    found = 0
    for line in open(sys.argv[2], encoding="utf-8"):
        method, target, status, name = line.split()
        with open(name, "rb") as file:
            flaws = check(method, target, status, file.read())
        for flaw in flaws:
            print(f"{method} {target} {status}: {flaw}")
        found += len(flaws)
    return 1 if found else 0


sys.exit(main())
