"""What a plain xterm sends for a key."""

_CURSOR_KEYS = {"up": "A", "down": "B", "right": "C", "left": "D", "home": "H", "end": "F"}
_KEYS = {
    "enter": b"\r", "escape": b"\x1b", "tab": b"\t", "shift+tab": b"\x1b[Z",
    "space": b" ", "backspace": b"\x7f", "insert": b"\x1b[2~", "delete": b"\x1b[3~",
    "pageup": b"\x1b[5~", "pagedown": b"\x1b[6~",
    "f1": b"\x1bOP", "f2": b"\x1bOQ", "f3": b"\x1bOR", "f4": b"\x1bOS",
    "f5": b"\x1b[15~", "f6": b"\x1b[17~", "f7": b"\x1b[18~", "f8": b"\x1b[19~",
    "f9": b"\x1b[20~", "f10": b"\x1b[21~", "f11": b"\x1b[23~", "f12": b"\x1b[24~",
}  # fmt: skip


def encode_key(key: str, application_cursor: bool = False) -> bytes:
    """The bytes a plain xterm sends for a named key ('down', 'ctrl+q', 'alt+x', 'text:abc')."""
    if key.startswith("text:"):
        return key[5:].encode()
    if key.startswith("hex:"):
        return bytes.fromhex(key[4:])
    if key in _CURSOR_KEYS:
        return (b"\x1bO" if application_cursor else b"\x1b[") + _CURSOR_KEYS[key].encode()
    if key in _KEYS:
        return _KEYS[key]
    if key.startswith("ctrl+") and len(key) == 6:
        return bytes([ord(key[5].upper()) & 0x1F])
    if key.startswith("alt+"):
        return b"\x1b" + encode_key(key[4:])
    if len(key) == 1:
        return key.encode()
    raise ValueError(f"unknown key {key!r}")
