"""Two known Textual programs to be compared with, where `make bench-peers` has installed them."""

import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.bench.tty.session import Program

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".peers"
NAMES = ("posting 2.11", "harlequin 2.17")
# tree-sitter 0.26 ends posting with a segmentation fault at its start.
PACKAGES = {
    "posting": ("posting==2.11.1", "tree-sitter==0.25.*"),
    "harlequin": ("harlequin==2.17.0",),
}
REQUEST = "name: balance\nmethod: GET\nurl: http://127.0.0.1:9/account/balance\n"


def installed(home: Path) -> list[Program]:
    """Return the peers that are there, each with a little something to show."""
    data = home / "data"
    (data / "collection").mkdir(parents=True, exist_ok=True)
    (data / "collection" / "balance.posting.yaml").write_text(REQUEST)
    database = data / "orders.db"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS orders (id TEXT, product TEXT, price TEXT)")
    connection.close()
    posting, harlequin = (FOLDER / name / "bin" / name for name in PACKAGES)
    programs = [
        Program(
            NAMES[0],
            [str(posting), "--collection", str(data / "collection")],
            "read-only",
            home,
            quit=("ctrl+c",),
        ),
        Program(
            NAMES[1], [str(harlequin), "-a", "sqlite", str(database)], "Database Connected", home
        ),
    ]
    return [program for program in programs if Path(program.argv[0]).exists()]


def main() -> None:
    """Install both, each into an environment of its own."""
    for name, packages in PACKAGES.items():
        folder = FOLDER / name
        print(f"making {folder} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq"]
        subprocess.run([*pip, "--disable-pip-version-check", *packages], check=True)


if __name__ == "__main__":
    main()
