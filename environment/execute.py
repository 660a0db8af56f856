"""Executes notebooks headless, each in a fresh kernel, and keeps the executed copies under target/.

usage: execute.py ROOT [--save] NAME ...

A committed notebook is never touched, except with --save once all of its cells have run. Exits 1 when a
cell failed: the last line names the notebook, the cell and the error.
"""

import os
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

KERNEL = {"name": "recollect", "display_name": "Recollect (Java)", "language": "java"}
SECONDS_BETWEEN_LINES = 5


class LoggingClient(NotebookClient):
    """Repeats a live display of the notebook as a plain line every few seconds."""

    label = ""
    last_line = 0.0

    def process_message(self, message, cell, cell_index):
        if message["msg_type"] == "update_display_data" and time.monotonic() - self.last_line > SECONDS_BETWEEN_LINES:
            text = message["content"]["data"].get("text/plain", "").strip()
            if text:
                say(f"  {self.label}: {text.splitlines()[-1]}")
                self.last_line = time.monotonic()
        return super().process_message(message, cell, cell_index)


def say(text):
    print(text, file=sys.stderr, flush=True)


def write(notebook, path):
    """Writes beside the target, then moves, so that a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    nbformat.write(notebook, str(fresh))
    os.replace(fresh, path)


def failure(notebook, error):
    """The cell that failed, by its number on the page, and the first line of its error."""
    if isinstance(error, DeadKernelError):
        return "the kernel died; its last words are above"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in reversed(list(enumerate(code, 1))):
        for output in cell.outputs:
            if output.output_type == "error":
                value = output.evalue.strip().splitlines() or [""]
                name = output.ename.rsplit(".", 1)[-1]
                return f"cell [{number}] failed: {name}: {value[0]}" if value[0] else f"cell [{number}] failed: {name}"
    return (str(error).strip() or type(error).__name__).splitlines()[-1]


def execute(root, name):
    """Returns the executed notebook, and what went wrong or None."""
    notebook = nbformat.read(str(root / "notebooks" / f"{name}.ipynb"), as_version=4)
    notebook.metadata["kernelspec"] = KERNEL
    client = LoggingClient(
        notebook,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(root / "notebooks" / Path(name).parent)}},
        timeout=None,
        startup_timeout=120,
        record_timing=False,
        coalesce_streams=True,
    )
    client.label = name
    started, problem = time.monotonic(), None
    try:
        client.execute()
    except AssertionError:
        # On a signal nbclient stops the kernel, and afterwards trips over its absence.
        raise KeyboardInterrupt from None
    except (CellExecutionError, DeadKernelError, RuntimeError) as error:
        say(re.sub(r"\x1b\[[0-9;]*m", "", str(error)).rstrip())
        problem = failure(notebook, error)
    notebook.metadata["recollect"] = {
        "seconds": round(time.monotonic() - started, 1),
        "scale": os.environ["RECOLLECT_SCALE"],
        "problem": problem,
    }
    return notebook, problem


def main(root, names, save):
    problems = []
    for name in names:
        say(f"{name} ...")
        notebook, problem = execute(root, name)
        write(notebook, root / "target" / "environment" / "executed" / f"{name}.ipynb")
        say(f"{name}: {notebook.metadata['recollect']['seconds']:.0f} s")
        if problem:
            problems.append(f"{name}, {problem}")
        elif save:
            del notebook.metadata["recollect"]
            write(notebook, root / "notebooks" / f"{name}.ipynb")
    for problem in problems:
        say(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    arguments = sys.argv[2:]
    try:
        sys.exit(main(Path(sys.argv[1]), [a for a in arguments if a != "--save"], "--save" in arguments))
    except KeyboardInterrupt:
        say("Interrupted: finished trials are kept, run again to go on.")
        sys.exit(130)
