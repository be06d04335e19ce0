"""The smallest Textual program worth timing: one Static that counts key presses."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    count = 0

    def compose(self) -> ComposeResult:
        yield Static("bare ready")

    def on_key(self) -> None:
        self.count += 1
        self.query_one(Static).update(f"bare ready {self.count}")


if __name__ == "__main__":
    Bare().run()
