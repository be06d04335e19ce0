"""The steps of the set-up in words: what is asked, why, and where each answer is kept."""

from msgspec import Struct

from services.domain.models import KeyInfo
from services.domain.secrets import Secret
from services.settings.fields import Keyboard
from services.settings.first_run import key_file
from services.settings.load import Profile
from services.system.files import shown
from services.system.paths import Paths
from widgets.sheets.setup import SetupChoice, SetupStep

WELCOME, NAME, ADDRESS, KEY, KEYBOARD, BUYERS, REVIEW = STEPS = (
    "welcome",
    "name",
    "address",
    "key",
    "keyboard",
    "buyers",
    "review",
)
"""The steps in their order; the first is where the sandbox is offered."""

KEYBOARDS: tuple[tuple[Keyboard, str, str], ...] = (
    ("qwerty", "QWERTY", ""),
    ("azerty", "AZERTY", "the digit row without shift, & é \" ' (, goes to the panes"),
    ("qwerty+ar", "QWERTY and Arabic", "the keys work while the Arabic layout is on, too"),
    ("azerty+ar", "AZERTY and Arabic", "both"),
)
BUYING = {
    False: SetupChoice(
        "Others buy too, or I am not sure",
        "If the link breaks while you buy, you see the orders that may be ours, and choose one.",
    ),
    True: SetupChoice(
        "Only this carddesk buys",
        "No website, script or other machine buys with this account. Then such a purchase "
        "is found again without you.",
    ),
}


class Answers(Struct, frozen=True):
    """What was answered so far; `info` is what the vendor said of `key`."""

    name: str = Profile().name
    base_url: str = Profile().base_url
    key: Secret | None = None
    info: KeyInfo | None = None
    keyboard: Keyboard = "qwerty"
    exclusive: bool = False


def step(name: str, answers: Answers, paths: Paths) -> SetupStep:
    """Return a step in words, for the answers so far."""
    place = f"{STEPS.index(name)} of {len(STEPS) - 1}" if name != WELCOME else ""
    key_place = shown(key_file(paths, answers.name))
    match name:
        case "welcome":
            return SetupStep(
                "Welcome to carddesk",
                sentences=(
                    "This console buys gift cards from OneClickDz. On this machine it has no "
                    "settings and no API key yet.",
                ),
                choices=(
                    SetupChoice(
                        "Set it up with my API key",
                        "Six short questions. Nothing is saved before the last one.",
                    ),
                    SetupChoice(
                        "Practise on the sandbox",
                        "A vendor inside carddesk: no key, no money, nothing is real.",
                    ),
                ),
            )
        case "name":
            return SetupStep(
                "What do you call this account?",
                place,
                (
                    "A name of your own, for this desk. With several accounts, "
                    "`carddesk --profile NAME` picks one.",
                    f"It names the file that will keep the key, in {shown(paths.config_dir)}",
                ),
            )
        case "address":
            return SetupStep(
                "Where does the vendor answer?",
                place,
                (
                    "Leave it as it is, unless OneClickDz gave you another address.",
                    f"It is kept in {shown(paths.config_file)}",
                ),
            )
        case "key":
            again = ("A key was checked already: enter alone keeps it.",) if answers.key else ()
            return SetupStep(
                "Your API key",
                place,
                (
                    "Type or paste it; it is not shown. The vendor is asked what it may do. "
                    "That buys nothing.",
                    f"At the end it is kept in {key_place}, readable by you alone, "
                    "and in no other place.",
                    *again,
                ),
            )
        case "keyboard":
            choices = tuple(SetupChoice(title, meaning) for _, title, meaning in KEYBOARDS)
            sentences = ("The vendor knows this key:",)
            return SetupStep(
                "Which keyboard is this?", place, sentences, _account(answers), choices
            )
        case "buyers":
            return SetupStep(
                "Who buys with this account?",
                place,
                ("This decides how a purchase is settled that the vendor did not answer for.",),
                choices=(BUYING[False], BUYING[True]),
            )
        case _:
            return SetupStep(
                "Ready",
                place,
                ("Nothing is written yet. Enter writes both files and opens the desk.",),
                (
                    ("name", answers.name),
                    ("address", answers.base_url),
                    *_account(answers),
                    ("keyboard", _keyboard(answers.keyboard)),
                    ("buyers", BUYING[answers.exclusive].title),
                    ("settings", shown(paths.config_file)),
                    ("key", f"{key_place} (yours alone)"),
                ),
            )


def _account(answers: Answers) -> tuple[tuple[str, str], ...]:
    info = answers.info
    if info is None:
        return ()
    return (
        ("account", info.username),
        ("environment", info.environment),
        ("it may", "buy, with real money" if _real(info) else _scope(info)),
    )


def _real(info: KeyInfo) -> bool:
    return info.can_buy and info.environment == "PRODUCTION"


def _scope(info: KeyInfo) -> str:
    return "buy" if info.can_buy else f"only look: it is {info.scope}"


def _keyboard(keyboard: Keyboard) -> str:
    return next(title for name, title, _ in KEYBOARDS if name == keyboard)
