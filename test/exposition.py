#!/usr/bin/python3
"""exposition.py FILE: is it Prometheus' text format, strictly? Prints every sample as
"name{labels} value", or says what is wrong and where, and ends with 1.

Held against the format's rules: HELP and TYPE once and before the samples of a
metric, which stand together; names and labels well formed; no sample twice; counters
end in _total and are not negative; of a histogram the steps rise, do not fall, end
with +Inf, and that one is the count."""
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? ([0-9.e+-]+|NaN|[+-]Inf)$")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)')
TYPES = ("counter", "gauge", "histogram")


def labels_of(text):
    found, at = {}, 0
    while text and at < len(text):
        one = LABEL.match(text, at)
        assert one, f"labels: {text}"
        assert one[1] not in found, f"label twice: {one[1]}"
        found[one[1]] = one[2]
        at = one.end()
    return found


def family_of(name, types):
    for tail in ("_bucket", "_sum", "_count"):
        base = name[:-len(tail)]
        if name.endswith(tail) and types.get(base) == "histogram":
            return base
    return name


class Reader:
    def __init__(self):
        self.helps, self.types, self.done = set(), {}, set()
        self.samples, self.family = {}, None
        self.steps = {}

    def comment(self, line):
        kind, name, text = re.match(rf"# (HELP|TYPE) ({NAME}) (.+)$", line).groups()
        assert name not in self.done, f"{name} does not stand together"
        if kind == "HELP":
            assert name not in self.helps, f"HELP twice: {name}"
            self.helps.add(name)
        else:
            assert name not in self.types, f"TYPE twice: {name}"
            assert text in TYPES, f"type {text}"
            assert text != "counter" or name.endswith("_total"), f"{name}: _total"
            self.types[name] = text

    def step(self, family, labels, value):
        key = tuple(sorted((k, v) for k, v in labels.items() if k != "le"))
        end = float(labels["le"])
        row = self.steps.setdefault((family, key), [])
        assert not row or (end > row[-1][0] and value >= row[-1][1]), "steps"
        row.append((end, value))

    def sample(self, line):
        found = SAMPLE.match(line)
        assert found, "no sample"
        name, value = found[1], float(found[3])
        labels = labels_of(found[2] or "")
        family = family_of(name, self.types)
        assert family in self.types and family in self.helps, "without HELP, TYPE"
        if family != self.family:
            assert family not in self.done, f"{family} does not stand together"
            self.done.add(self.family)
            self.family = family
        key = (name, tuple(sorted(labels.items())))
        assert key not in self.samples, "sample twice"
        self.samples[key] = value
        assert self.types[family] == "gauge" or value >= 0, "negative"
        if name == family + "_bucket":
            self.step(family, labels, value)
        else:
            assert "le" not in labels, "le without a bucket"

    def end(self):
        for (family, key), row in self.steps.items():
            assert row[-1][0] == float("inf"), f"{family}: no +Inf"
            count = self.samples[(family + "_count", key)]
            assert row[-1][1] == count, f"{family}: +Inf is not the count"
            assert (family + "_sum", key) in self.samples, f"{family}: no sum"
        for name in self.types:
            assert name in self.done | {self.family}, f"{name} has no sample"


def main():
    with open(sys.argv[1], encoding="utf-8", newline="") as f:
        text = f.read()
    reader = Reader()
    assert text.endswith("\n"), "the last line has no end"
    for number, line in enumerate(text[:-1].split("\n"), 1):
        try:
            (reader.comment if line.startswith("#") else reader.sample)(line)
        except (AssertionError, AttributeError, ValueError) as e:
            sys.exit(f"line {number}: {e}: {line}")
    try:
        reader.end()
    except (AssertionError, KeyError) as e:
        sys.exit(str(e))
    for (name, labels), value in reader.samples.items():
        inside = ",".join(f'{k}="{v}"' for k, v in labels)
        print(f"{name}{{{inside}}} {value:g}" if inside else f"{name} {value:g}")


main()
