"""What a customer may hear, in three languages: sentences by name, for one and for several."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from services.domain.local_time import local_minute, same_day, spoken_day

ENGLISH: Mapping[str, tuple[str, ...]] = {
    "checked": ("Your purchase is being checked.",),
    "came after all": ("It did not go through at first and may have come after all.",),
    "placing": ("Your order is being placed at this moment.",),
    "compared": ("We compare it with our orders, so that it is not bought twice.",),
    "not sent": ("Your order was not placed.",),
    "not placed": ("We checked: your order was not placed.",),
    "free": ("You do not pay for it.",),
    "free, again at once": ("You do not pay for it. It can be placed again at once.",),
    "free, again": ("You do not pay for it. It can be placed again.",),
    "out of stock": ("Your order could not be placed: it is out of stock at the moment.",),
    "refused": ("Your order could not be placed at the moment.",),
    "refunded": ("Your order could not be supplied.",),
    "placed": ("Your order is placed.",),
    "worked on": ("It is still being worked on.",),
    "placed at": ("Your order was placed {at}.",),
    "placed and paid": ("Your order was placed {at} and is paid.",),
    "soon": (
        "Your card is on the way: most take less than a minute.",
        "Your {count} cards are on the way: most take less than a minute.",
    ),
    "late": (
        "Your card is on the way; it takes longer than usual.",
        "Your {count} cards are on the way; it takes longer than usual.",
    ),
    "longer": ("It takes longer than usual; we do not buy it twice meanwhile.",),
    "decided by": ("Your purchase is being checked; it will be decided by {by}.",),
    "handed over": (
        "Your card was handed over {at}.",
        "Your {count} cards were handed over {at}.",
    ),
    "ready": ("Your card is ready.", "Your {count} cards are ready."),
    "some ready": ("Some of your cards are ready.",),
    "some free": ("You do not pay for those that did not come.",),
    "part handed over": (
        "{count} of your {all} cards was handed over {at}.",
        "{count} of your {all} cards were handed over {at}.",
    ),
    "part ready": (
        "{count} of your {all} cards is ready.",
        "{count} of your {all} cards are ready.",
    ),
    "part here": (
        "{count} of your {all} cards is here.",
        "{count} of your {all} cards are here.",
    ),
    "follow": ("The other will follow: it is paid.", "The others will follow: they are paid."),
    "not supplied": (
        "{count} could not be supplied: you do not pay for it.",
        "{count} could not be supplied: you do not pay for them.",
    ),
}

FRENCH: Mapping[str, tuple[str, ...]] = {
    "checked": ("Votre achat est en cours de vérification.",),
    "came after all": ("Il n'a pas abouti d'abord et a peut-être abouti ensuite.",),
    "placing": ("Votre commande est en train d'être passée.",),
    "compared": ("Nous le comparons à nos commandes, pour ne pas l'acheter deux fois.",),
    "not sent": ("Votre commande n'a pas été passée.",),
    "not placed": ("Nous avons vérifié : votre commande n'a pas été passée.",),
    "free": ("Vous ne la payez pas.",),
    "free, again at once": ("Vous ne la payez pas. Elle peut être repassée tout de suite.",),
    "free, again": ("Vous ne la payez pas. Elle peut être repassée.",),
    "out of stock": ("Votre commande n'a pas pu être passée : rupture de stock pour le moment.",),
    "refused": ("Votre commande n'a pas pu être passée pour le moment.",),
    "refunded": ("Votre commande n'a pas pu être livrée.",),
    "placed": ("Votre commande est passée.",),
    "worked on": ("Elle est encore en traitement.",),
    "placed at": ("Votre commande a été passée {at}.",),
    "placed and paid": ("Votre commande a été passée {at} et est payée.",),
    "soon": (
        "Votre carte arrive : le plus souvent en moins d'une minute.",
        "Vos {count} cartes arrivent : le plus souvent en moins d'une minute.",
    ),
    "late": (
        "Votre carte arrive ; cela dure plus longtemps que d'habitude.",
        "Vos {count} cartes arrivent ; cela dure plus longtemps que d'habitude.",
    ),
    "longer": ("Cela dure plus longtemps que d'habitude ; nous ne l'achetons pas deux fois.",),
    "decided by": ("Votre achat est en cours de vérification ; réponse au plus tard {at}.",),
    "handed over": (
        "Votre carte vous a été remise {at}.",
        "Vos {count} cartes vous ont été remises {at}.",
    ),
    "ready": ("Votre carte est prête.", "Vos {count} cartes sont prêtes."),
    "some ready": ("Une partie de vos cartes est prête.",),
    "some free": ("Vous ne payez pas celles qui ne sont pas venues.",),
    "part handed over": (
        "{count} de vos {all} cartes vous a été remise {at}.",
        "{count} de vos {all} cartes vous ont été remises {at}.",
    ),
    "part ready": (
        "{count} de vos {all} cartes est prête.",
        "{count} de vos {all} cartes sont prêtes.",
    ),
    "part here": ("{count} de vos {all} cartes est là.", "{count} de vos {all} cartes sont là."),
    "follow": ("L'autre suivra : elle est payée.", "Les autres suivront : elles sont payées."),
    "not supplied": (
        "{count} n'a pas pu être livrée : vous ne la payez pas.",
        "{count} n'ont pas pu être livrées : vous ne les payez pas.",
    ),
}

ARABIC: Mapping[str, tuple[str, ...]] = {
    "checked": ("نحن نتحقق من عملية الشراء.",),
    "came after all": ("لم تتم في البداية وربما تمت بعد ذلك.",),
    "placing": ("يجري الآن إرسال طلبكم.",),
    "compared": ("نقارنها بطلباتنا حتى لا نشتري مرتين.",),
    "not sent": ("لم يتم إرسال طلبكم.",),
    "not placed": ("تحققنا: لم يتم تسجيل طلبكم.",),
    "free": ("لن تدفعوا ثمنه.",),
    "free, again at once": ("لن تدفعوا ثمنه. يمكن إعادة الطلب فورا.",),
    "free, again": ("لن تدفعوا ثمنه. يمكن إعادة الطلب.",),
    "out of stock": ("تعذر تسجيل طلبكم: المنتج غير متوفر حاليا.",),
    "refused": ("تعذر تسجيل طلبكم حاليا.",),
    "refunded": ("تعذر توفير طلبكم.",),
    "placed": ("تم تسجيل طلبكم.",),
    "worked on": ("ما زال قيد المعالجة.",),
    "placed at": ("تم تسجيل طلبكم {at}.",),
    "placed and paid": ("تم تسجيل طلبكم {at} وهو مدفوع.",),
    "soon": (
        "بطاقتكم في الطريق: غالبا أقل من دقيقة.",
        "بطاقاتكم ({count}) في الطريق: غالبا أقل من دقيقة.",
    ),
    "late": (
        "بطاقتكم في الطريق؛ يستغرق الأمر وقتا أطول من المعتاد.",
        "بطاقاتكم ({count}) في الطريق؛ يستغرق الأمر وقتا أطول من المعتاد.",
    ),
    "longer": ("يستغرق الأمر وقتا أطول من المعتاد؛ لن نشتري مرتين.",),
    "decided by": ("نحن نتحقق من عملية الشراء؛ الجواب قبل {by}.",),
    "handed over": ("تم تسليم بطاقتكم {at}.", "تم تسليم بطاقاتكم ({count}) {at}."),
    "ready": ("بطاقتكم جاهزة.", "بطاقاتكم ({count}) جاهزة."),
    "some ready": ("بعض بطاقاتكم جاهزة.",),
    "some free": ("لن تدفعوا ثمن التي لم تصل.",),
    "part handed over": ("تم تسليم {count} من {all} بطاقات {at}.",),
    "part ready": ("{count} من {all} بطاقات جاهزة.",),
    "part here": ("وصلت {count} من {all} بطاقات.",),
    "follow": ("البقية ستصل: الثمن مدفوع.",),
    "not supplied": ("تعذر توفير {count}: لن تدفعوا ثمنها.",),
}

SENTENCES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"en": ENGLISH, "fr": FRENCH, "ar": ARABIC}
)

_AT = {"en": "at {clock}", "fr": "à {clock}", "ar": "على الساعة {clock}"}
_ON = {
    "en": "on {day} at {clock}",
    "fr": "le {day} à {clock}",
    "ar": "يوم {day} على الساعة {clock}",
}
_BY = {"en": "{clock} on {day}", "fr": "{clock}, le {day}", "ar": "{clock} يوم {day}"}


def spoken(language: str, name: str, count: int = 1, **values: object) -> str:
    """Return a sentence in a language, in the form for this many cards; English where it is not.

    Args:
        language: `en`, `fr` or `ar`.
        name: of the sentence.
        count: how many it is about.
        values: what else is in it.
    """
    one, *several = SENTENCES.get(language, ENGLISH)[name]
    template = several[0] if several and count != 1 else one
    return template.format(count=count, **values)


def at(language: str, then: datetime, now: datetime) -> str:
    """Say when something was, as part of a sentence: `at 14:05`, `on 24/11/2026 at 14:05`."""
    forms = _AT if same_day(then, now) else _ON
    return forms[language].format(clock=local_minute(then), day=spoken_day(then))


def by(language: str, then: datetime, now: datetime) -> str:
    """Say until when something is known: `14:05`, `14:05 on 24/11/2026`."""
    clock = local_minute(then)
    if same_day(then, now):
        return clock
    return _BY[language].format(clock=clock, day=spoken_day(then))
