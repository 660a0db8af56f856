"""Renders the executed notebooks to target/site: a self-contained page each, and an index of cards.

usage: render.py ROOT
"""

import os
import sys
import zipfile
from collections import Counter
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader
from nbconvert import HTMLExporter

# The lab package's rulings, in the order in which a card lists them.
RULINGS = ["SUPPORTED", "NOT SUPPORTED", "INCONCLUSIVE", "SMOKE", "NOT TESTED"]
VERDICT = "application/vnd.recollect.verdict+json"
MATHJAX = "META-INF/resources/webjars/mathjax/3.2.2/es5/tex-svg-full.js"


def write(text, path):
    """Writes beside the target, then moves, so that a reader never sees half a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)


def outputs(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield from (output for output in cell.outputs if "data" in output)


def title(notebook, name):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if line.startswith("# "):
                    return line[2:].strip()
    return name


def has_formula(notebook):
    return (
        any(cell.cell_type == "markdown" and "$" in cell.source for cell in notebook.cells)
        or any("text/latex" in output.data or "$" in output.data.get("text/markdown", "") for output in outputs(notebook))
    )


def duration(seconds):
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def made(notebook):
    record = notebook.metadata["recollect"]
    return f"{record['scale']} scale, {duration(record['seconds'])}"


def verdicts(notebook):
    """What the notebook itself concluded, each {paper, scale, claims: [{claim, outcome}]}."""
    return [output.data[VERDICT] for output in outputs(notebook) if VERDICT in output.data]


def outcomes(notebook):
    problem = notebook.metadata["recollect"]["problem"]
    if problem:
        return [{"style": "failed", "text": problem}]
    counts = Counter(claim["outcome"] for verdict in verdicts(notebook) for claim in verdict["claims"])
    return [
        {"style": ruling.lower().replace(" ", "-"), "text": f"{counts[ruling]} {ruling.lower()}"}
        for ruling in RULINGS
        if counts[ruling]
    ]


def render(exporter, notebook, name, mathjax):
    page = {
        "title": title(notebook, name),
        "index": "../" * name.count("/") + "index.html",
        "made": made(notebook),
        "mathjax": mathjax if has_formula(notebook) else "",
    }
    body, _ = exporter.from_notebook_node(notebook, resources={"page": page})
    return body


def card(notebook, name):
    return {
        "href": f"{name}.html",
        "family": name.split("/")[0] if "/" in name else "first steps",
        "title": title(notebook, name),
        "paper": ", ".join(dict.fromkeys(str(v["paper"]) for v in verdicts(notebook))),
        "outcomes": outcomes(notebook),
        "made": made(notebook),
    }


def main(root):
    executed, site = root / "target" / "environment" / "executed", root / "target" / "site"
    templates = root / "environment" / "template"
    exporter = HTMLExporter(template_name="recollect", extra_template_basedirs=[str(templates)])
    # The cleaner of nbconvert 6 empties SVG charts and strips the tables' style.
    exporter.register_filter("clean_html", lambda html: html)
    with zipfile.ZipFile(root / "target" / "environment" / "mathjax.jar") as jar:
        mathjax = jar.read(MATHJAX).decode("utf-8")

    cards = []
    for path in sorted(executed.rglob("*.ipynb")):
        name = path.relative_to(executed).with_suffix("").as_posix()
        if not (root / "notebooks" / f"{name}.ipynb").exists():
            path.unlink()
            (site / f"{name}.html").unlink(missing_ok=True)
            continue
        notebook = nbformat.read(str(path), as_version=4)
        write(render(exporter, notebook, name, mathjax), site / f"{name}.html")
        cards.append(card(notebook, name))
    environment = Environment(loader=FileSystemLoader(str(templates)), autoescape=True)
    write(environment.get_template("site.html.j2").render(cards=cards), site / "index.html")
    print(f"Pages: {site / 'index.html'}", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
