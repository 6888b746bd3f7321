#!/usr/bin/env python3
"""bench/plot.py: draws what the tables of bench/*.md say, into bench/*.svg.

Small files, the same for the same numbers. Bars lie, with their names left of them
and their numbers right. What is better when it is more is left out."""
import os, re
from xml.sax.saxutils import escape

HERE = os.path.dirname(os.path.abspath(__file__))

BAR, GAP, NAMES, WIDE, TOP = 16, 8, 430, 300, 46
COLOURS = ("#33658a", "#c06c2b", "#7a8b3a", "#8a4f7d")
FONT = "font-family='sans-serif' font-size='12'"


def text(x, y, words, anchor="start", more=""):
    return (f"<text x='{x:.0f}' y='{y:.0f}' text-anchor='{anchor}'{more}>"
            f"{escape(words)}</text>")


def number(v):
    return f"{v:.2f}" if v < 10 else f"{v:.1f}" if v < 100 else f"{v:.0f}"


def picture(path, title, height, parts):
    width = NAMES + WIDE + 60
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join([
            f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' "
            f"height='{height}' {FONT}>",
            f"<rect width='{width}' height='{height}' fill='white'/>",
            text(12, 22, title, more=" font-weight='bold'"), *parts,
            "</svg>", ""]))


def mark(x, y, words):
    """What must be reached."""
    return [f"<line x1='{x:.0f}' y1='{TOP - 8}' x2='{x:.0f}' y2='{y}' "
            "stroke='#b00020' stroke-dasharray='4 3'/>",
            text(x + 4, TOP - 2, words, more=" fill='#b00020'")]


def grouped(path, title, series, rows, reach=None):
    """series: [(name,)]; rows: [(name, [value or None, ...])]: one bar for each
    of the series. reach: a line at that value."""
    top = max([v for _, vs in rows for v in vs if v is not None] + [reach or 0])
    scale, y, parts = WIDE / top, TOP + 6, []
    legend = len(series) > 1
    for name, values in rows:
        lines = [v for v in values if v is not None]
        parts.append(text(NAMES - 8, y + len(lines) * BAR / 2 + 4, name, "end"))
        for i, v in enumerate(values):
            if v is None:
                continue
            parts.append(f"<rect x='{NAMES}' y='{y}' width='{max(1, v * scale):.1f}' "
                         f"height='{BAR - 3}' fill='{COLOURS[i % 4]}'/>")
            parts.append(text(NAMES + v * scale + 5, y + 11, number(v)))
            y += BAR
        y += GAP
    if reach is not None:
        parts += mark(NAMES + reach * scale, y, f"reach {number(reach)}")
    if legend:
        x = NAMES
        for i, one in enumerate(series):
            parts.append(f"<rect x='{x}' y='{y + 4}' width='10' height='10' "
                         f"fill='{COLOURS[i % 4]}'/>")
            parts.append(text(x + 14, y + 13, one[0]))
            x += 30 + 8 * len(one[0])
        y += 20
    picture(path, title, y + 12, parts)


# --- the tables --------------------------------------------------------------

def tables(page):
    """[(head, [row, ...])]: cells as they stand."""
    found, rows = [], []
    for line in page.split("\n") + [""]:
        if line.startswith("|"):
            rows.append([c.strip() for c in line.strip("|").split("|")])
        elif rows:
            found.append((rows[0], rows[2:]))
            rows = []
    return found


def figure(cell):
    found = re.match(r"[0-9.]+", cell)
    return float(found[0]) if found else None


def name_of(cell):
    return re.sub(r" ?\([^)]*\)", "", cell.replace("`", ""))


def parts_of(head, rows, names, whole):
    """Each of these columns as a part of another."""
    at, base = [head.index(n) for n in names], head.index(whole)
    for row in rows:
        of = figure(row[base])
        values = [figure(row[i]) for i in at]
        if of and values[0] is not None and not row[-1].startswith("\u2265"):
            yield name_of(row[0]), [v and v / of for v in values]


def ratios_of(head, rows):
    at = head.index("ratio")
    for row in rows:
        if figure(row[at]) is not None and not row[-1].startswith("\u2265"):
            yield name_of(row[0]), [figure(row[at])]


# page: title, series, rows of the first table, a line to reach
PLOTS = {
    "RESULTS": ("Cost, as a part of docker-registry's",
                [("latchkeyd",), ("nginx, plain files",)],
                lambda h, r: parts_of(h, r, ("latchkeyd", "nginx"),
                                      "docker-registry"), 1),
    "TLS": ("Cost over TLS, as a part of docker-registry's",
            [("latchkeyd",), ("nginx, plain files",)],
            lambda h, r: parts_of(h, r, ("latchkeyd", "nginx"),
                                  "docker-registry"), 1),
    "GIT": ("Cost, as a part of sshd's", [("",)], ratios_of, 1),
    "KEYS": ("Cost, as a part of what stands beside it", [("",)], ratios_of, 1),
    "SCALE": ("Server CPU of a request: large store / small store", [("",)],
              ratios_of, 1.5),
}


def plot(name, title, series, rows_of, reach):
    path = os.path.join(HERE, name + ".md")
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as f:
        page = f.read()
    head, rows = tables(page)[0]
    picture_name = name.lower() + ".svg"
    grouped(os.path.join(HERE, picture_name), title, series,
            list(rows_of(head, rows)), reach)
    if f"]({picture_name})" not in page:
        page = page.replace("\n\n|", f"\n\n![{title}]({picture_name})\n\n|", 1)
        with open(path, "w", encoding="utf-8") as f:
            f.write(page)


if __name__ == "__main__":
    for one, what in PLOTS.items():
        plot(one, *what)
