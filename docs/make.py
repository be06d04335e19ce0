"""Write the generated documents: keys, settings, the man page, the shapes to practise with."""

from pathlib import Path

from docs import key_table, manual_page, settings_reference, shape_table

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
KEYS = HERE / "keys.md"
SETTINGS = HERE / "settings.md"
MANUAL = HERE / "carddesk.1"
PRACTICE = HERE / "guide" / "practice.md"


def documents() -> dict[Path, str]:
    """Return each generated document as it should be."""
    return {
        KEYS: key_table.replaced(KEYS.read_text("utf-8")),
        SETTINGS: settings_reference.page(),
        MANUAL: manual_page.page(),
        PRACTICE: shape_table.replaced(PRACTICE.read_text("utf-8")),
    }


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, "utf-8")
