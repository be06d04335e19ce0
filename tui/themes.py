"""The colours: `ansi` follows the terminal's own palette, the others bring their own.

Where a terminal has sixteen colours, the others are drawn in those: what Textual would take for
the nearest of sixteen leaves some words on a ground of nearly their own colour.
"""

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
    "input-selection-foreground": "ansi_black",
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
        variables={
            "border-blurred": "#4a5060",
            "footer-key-foreground": "#5fd7d7",
            "input-selection-background": "#2d4a5e",
        },
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


_ON_BLACK = {
    "ansi-background": "ansi_black",
    "block-cursor-blurred-background": "ansi_black",
    "scrollbar-background": "ansi_black",
    "scrollbar-background-hover": "ansi_black",
    "scrollbar-background-active": "ansi_black",
}
_BRIGHT = dict.fromkeys(
    (
        *("ansi-foreground", "border", "border-blurred", "footer-key-foreground", "text"),
        *("text-muted", "text-disabled", "text-primary", "text-secondary", "text-accent"),
        *("text-success", "text-warning", "text-error", "block-cursor-blurred-foreground"),
    ),
    "ansi_bright_white",
)
_ON_WHITE = {
    "ansi-background": "ansi_white",
    "ansi-foreground": "ansi_black",
    "border": "ansi_blue",
    "border-blurred": "ansi_black",
    "footer-key-foreground": "ansi_blue",
    "text": "ansi_black",
    "text-muted": "ansi_black",
    "text-disabled": "ansi_black",
    "block-cursor-blurred-foreground": "ansi_black",
    "block-cursor-blurred-background": "ansi_white",
    "input-selection-foreground": "ansi_black",
    "scrollbar-background": "ansi_white",
    "scrollbar-background-hover": "ansi_white",
    "scrollbar-background-active": "ansi_white",
}


def _of_sixteen(
    name: str, front: str, back: str, colours: tuple[str, ...], variables: dict[str, str]
) -> Theme:
    primary, warning, error, success = colours
    return Theme(
        name=name,
        primary=primary,
        secondary=primary,
        warning=warning,
        error=error,
        success=success,
        accent=primary,
        foreground=front,
        background=back,
        surface=back,
        panel=back,
        boost=back,
        dark=back == "ansi_black",
        variables={
            **_QUIET_BLOCKS,
            "border": primary,
            "input-cursor-background": back,
            "input-cursor-foreground": front,
            **variables,
        },
        ansi=True,
    )


SIXTEEN = (
    THEMES[0],
    _of_sixteen(
        "dark",
        "ansi_white",
        "ansi_black",
        ("ansi_bright_cyan", "ansi_bright_yellow", "ansi_bright_red", "ansi_bright_green"),
        {**_ON_BLACK, "ansi-foreground": "ansi_white", "footer-key-foreground": "ansi_bright_cyan"},
    ),
    _of_sixteen(
        "light",
        "ansi_black",
        "ansi_white",
        ("ansi_blue", "ansi_black", "ansi_red", "ansi_black"),
        _ON_WHITE,
    ),
    _of_sixteen(
        "high-contrast",
        "ansi_bright_white",
        "ansi_black",
        ("ansi_bright_white",) * 4,
        _ON_BLACK | _BRIGHT,
    ),
)
"""The same themes for a terminal of sixteen colours."""


def check(name: str) -> str:
    """Return the theme's name, or raise ConfigError when there is none of that name."""
    names = [theme.name for theme in THEMES]
    if name not in names:
        raise ConfigError(f"ui.theme is one of {', '.join(names)}, not {name[:40]!r}")
    return name
