"""The course's own notebook, unmodified but for the address, against `isoflop serve`.

    PYTHON course_notebook.py CHECKOUT URL KEY

CHECKOUT is a checkout of the course's repository, PYTHON one with its dependencies, nbclient and ipykernel. The address
is a constant of the course's package, so it is replaced in a copy; every cell runs as it stands. The notebook sleeps for
more than a minute between its cells. Exits with 77 where something that it needs is missing.
"""

import os
import pathlib
import re
import shutil
import sys
import tempfile

NOTEBOOK = pathlib.Path("examples/client_example.ipynb")
PACKAGE = "cs336_scaling"


def with_address(checkout, folder, url):
    """A copy of the package that asks `url`."""
    shutil.copytree(checkout / PACKAGE, folder / PACKAGE)
    client = folder / PACKAGE / "client.py"
    text, found = re.subn(r'^API_BASE_URL = ".*"$', f'API_BASE_URL = "{url}"', client.read_text(), flags=re.MULTILINE)
    assert found == 1, "the address stands elsewhere now"
    client.write_text(text)


def said(cell):
    """What a cell printed or came to, without colours."""
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])]
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(texts))


def main(checkout, url, key):
    checkout = pathlib.Path(checkout)
    try:
        import ipykernel  # noqa: F401
        import nbclient
        import nbformat
    except ImportError as error:
        print(f"skipped: {error}")
        return 77
    if not (checkout / NOTEBOOK).exists():
        print(f"skipped: the checkout has no {NOTEBOOK}")
        return 77
    os.environ |= {"A3_API_KEY": key, "PYTHONDONTWRITEBYTECODE": "1"}
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        with_address(checkout, folder, url)
        # The folder that a notebook runs in is the first in which its kernel looks for packages.
        place = {"metadata": {"path": str(folder)}}
        notebook = nbformat.read(checkout / NOTEBOOK, as_version=4)
        # A cell that raises ends this with its traceback.
        nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=place).execute()

    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    by_last_line = {cell.source.strip().splitlines()[-1]: said(cell) for cell in code}
    used = [float(seconds) for cell in code for seconds in re.findall(r"Summary\(used_seconds=([0-9.]+)", said(cell))]
    assert len(used) == 3 and used[:2] == [0.0, 60.0] and 0 < used[2] < 60, used
    assert sum("already exists" in said(cell) for cell in code) == 1, by_last_line
    run = by_last_line["rich.print(get_experiment(submit_result.experiment_id))"]
    assert "status_type='completed'" in run and "val_losses" in run, run
    final = by_last_line["rich.print(save_final_submission(training_config, 7.2))"]
    assert "predicted_final_loss=7.2" in final, final
    print(f"the course's notebook: {len(code)} cells work; of 60 s reserved {used[2]:.1f} s were charged")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
