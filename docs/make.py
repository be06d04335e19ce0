"""Write the generated documents anew: README's keys, the settings reference, the man page."""

from pathlib import Path

from docs import key_table, manual_page, settings_reference

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
SETTINGS = HERE / "settings.md"
MANUAL = HERE / "carddesk.1"


def documents() -> dict[Path, str]:
    """Return each generated document as it should be."""
    return {
        README: key_table.replaced(README.read_text("utf-8")),
        SETTINGS: settings_reference.page(),
        MANUAL: manual_page.page(),
    }


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, "utf-8")
