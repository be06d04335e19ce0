"""The colours: `ansi` follows the terminal's own palette, the others bring their own.

Where a terminal has sixteen colours, the others are drawn in those: what Textual would take for
the nearest of sixteen leaves some words on a ground of nearly their own colour.
"""

from textual.theme import Theme

from services.domain.errors import ConfigError
from tui.terminal.background import AUTO

_QUIET_BLOCKS = {
    "ansi-background": "ansi_default",
    "ansi-foreground": "ansi_default",
    "border-blurred": "ansi_default",
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


def _reversed(front: str, back: str, title: str, alarm: tuple[str, str]) -> dict[str, str]:
    """Return the colours of what is drawn reversed, and of a row that has no ground of its own.

    Args:
        front: of text.
        back: of the ground.
        title: the ground of the title of the pane with the cursor.
        alarm: the ground and the letters of real money.
    """
    return {
        "strong": front,
        "title-ground": title,
        "title-ink": back,
        "production-ground": alarm[0],
        "production-ink": alarm[1],
        "label-ground": front,
        "label-ink": back,
        "row-ground": back,
        "row-blurred-ground": back,
    }


def _plots(top: str, middle: str = "", low: str = "", bars: str = "") -> dict[str, str]:
    """Return the colours of plots: an area from its top to its foot, and bars."""
    return {
        "plot": top,
        "plot-mid": middle or top,
        "plot-low": low or top,
        "bars": bars or top,
    }


def _of_roles(
    name: str,
    colours: dict[str, str],
    grounds: dict[str, str],
    plots: dict[str, str],
    *,
    dark: bool,
) -> Theme:
    """Return a theme from the colour of each role; Textual would work shades out by itself."""
    return Theme(
        name=name,
        primary=colours["key"],
        secondary=colours["busy"],
        warning=colours["warn"],
        error=colours["alert"],
        success=colours["good"],
        accent=colours["busy"],
        foreground=colours["plain"],
        background=grounds["ground"],
        surface=grounds["ground"],
        panel=grounds["bar"],
        dark=dark,
        variables={
            "strong": colours["strong"],
            "text": colours["plain"],
            "text-muted": colours["dim"],
            "text-disabled": colours["dim"],
            "text-primary": colours["key"],
            "text-success": colours["good"],
            "text-accent": colours["busy"],
            "text-warning": colours["warn"],
            "text-error": colours["alert"],
            "footer-key-foreground": colours["key"],
            "border": colours["box"],
            "border-blurred": colours["border"],
            "title-ground": colours["key"],
            "title-ink": grounds["on title"],
            "production-ground": grounds["production"],
            "production-ink": "#ffffff",
            "label-ground": grounds["label"],
            "label-ink": "#000000",
            "row-ground": grounds["row"],
            "row-blurred-ground": grounds["row blurred"],
            "input-selection-background": grounds["row"],
            **plots,
        },
    )


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
        variables={
            "border": "ansi_cyan",
            **_QUIET_BLOCKS,
            **_reversed("ansi_default", "ansi_default", "ansi_cyan", ("ansi_red", "ansi_white")),
            **_plots("ansi_cyan"),
        },
        ansi=True,
    ),
    _of_roles(
        "dark",
        {
            "plain": "#cfd3da",
            "strong": "#f2f4f7",
            "dim": "#868e9b",
            "border": "#3e4653",
            "box": "#868e9b",
            "key": "#62c9d6",
            "busy": "#6cb2f7",
            "good": "#8cc265",
            "warn": "#e3b45b",
            "alert": "#ff7a72",
        },
        {
            "ground": "#15181e",
            "bar": "#1e2229",
            "on title": "#10141a",
            "production": "#c4262e",
            "label": "#f4ecd2",
            "row": "#26384a",
            "row blurred": "#1b2027",
        },
        _plots("#6fc0d4", "#4f8f9e", "#417684", "#7f93bd"),
        dark=True,
    ),
    _of_roles(
        "light",
        {
            "plain": "#262b31",
            "strong": "#0c0f12",
            "dim": "#5d656f",
            "border": "#c3c7c6",
            "box": "#5d656f",
            "key": "#00687d",
            "busy": "#0b58b0",
            "good": "#2c6e1b",
            "warn": "#8a5600",
            "alert": "#b3141c",
        },
        {
            "ground": "#fbfbf8",
            "bar": "#eceeeb",
            "on title": "#ffffff",
            "production": "#b3141c",
            "label": "#ffedb0",
            "row": "#cfe4ea",
            "row blurred": "#eef1f0",
        },
        _plots("#16728a", "#2f869c", "#4090a4", "#576a9b"),
        dark=False,
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
            **_reversed("#ffffff", "#000000", "#ffffff", ("#ffffff", "#000000")),
            **_plots("#ffffff"),
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
            "border-blurred": front,
            **_reversed(front, back, primary, ("ansi_red", "ansi_bright_white")),
            **_plots(primary),
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


NAMES = (AUTO, *(theme.name for theme in THEMES))


def check(name: str) -> str:
    """Return the theme's name, or raise ConfigError when there is none of that name."""
    if name not in NAMES:
        raise ConfigError(f"ui.theme is one of {', '.join(NAMES)}, not {name[:40]!r}")
    return name


def drawn(name: str, ground: str) -> str:
    """Return the theme that is drawn: of auto, the one that goes with the terminal's background."""
    return (ground or "ansi") if name == AUTO else name
