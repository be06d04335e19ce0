"""The colours: `ansi` follows the terminal's own palette, the others bring their own."""

from textual.theme import Theme

from services.errors import ConfigError

_QUIET_BLOCKS = {
    "ansi-background": "ansi_default",
    "ansi-foreground": "ansi_default",
    "border-blurred": "ansi_bright_black",
    "block-cursor-foreground": "ansi_black",
    "block-cursor-background": "ansi_white",
    "block-cursor-text-style": "none",
    "input-cursor-text-style": "reverse",
    "footer-key-foreground": "ansi_cyan",
    "scrollbar": "ansi_bright_black",
    "scrollbar-hover": "ansi_bright_black",
    "scrollbar-active": "ansi_white",
    "scrollbar-background": "ansi_default",
    "scrollbar-background-hover": "ansi_default",
    "scrollbar-background-active": "ansi_default",
}

THEMES = (
    Theme(
        name="ansi",
        primary="ansi_cyan",
        secondary="ansi_blue",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        accent="ansi_cyan",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables={"border": "ansi_cyan", **_QUIET_BLOCKS},
        ansi=True,
    ),
    Theme(
        name="dark",
        primary="#5fafd7",
        secondary="#87afaf",
        warning="#d7af5f",
        error="#ff6b6b",
        success="#87af5f",
        accent="#5fd7d7",
        foreground="#d0d0d0",
        background="#16181d",
        surface="#1d2026",
        panel="#262a33",
        variables={"border-blurred": "#4a5060", "footer-key-foreground": "#5fd7d7"},
    ),
    Theme(
        name="light",
        primary="#005f87",
        secondary="#4e6a6a",
        warning="#875f00",
        error="#af0000",
        success="#3a6a00",
        accent="#00647a",
        foreground="#202020",
        background="#f6f6f2",
        surface="#ececea",
        panel="#e0e0d8",
        dark=False,
        variables={"border-blurred": "#b0b0a8", "footer-key-foreground": "#00647a"},
    ),
    Theme(
        name="high-contrast",
        primary="#ffffff",
        secondary="#ffffff",
        warning="#ffffff",
        error="#ffffff",
        success="#ffffff",
        accent="#ffffff",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#000000",
        boost="#000000",
        variables={
            "border": "#ffffff",
            "border-blurred": "#ffffff",
            "text-muted": "#ffffff",
            "text-success": "#ffffff",
            "text-accent": "#ffffff",
            "text-warning": "#ffffff",
            "text-error": "#ffffff",
            "text-primary": "#ffffff",
            "footer-key-foreground": "#ffffff",
            "block-cursor-foreground": "#000000",
            "block-cursor-background": "#ffffff",
            "block-cursor-blurred-foreground": "#ffffff",
            "block-cursor-blurred-background": "#000000",
            "input-cursor-background": "#ffffff",
            "input-cursor-foreground": "#000000",
        },
    ),
)
"""Every theme of the settings' `ui.theme`."""


def check(name: str) -> str:
    """Return the theme's name, or raise ConfigError when there is none of that name."""
    names = [theme.name for theme in THEMES]
    if name not in names:
        raise ConfigError(f"ui.theme is one of {', '.join(names)}, not {name[:40]!r}")
    return name
