"""What a customer may hear exists whole in every language, with the same facts in it."""

from datetime import UTC, datetime, timedelta
from string import Formatter

import pytest

from services.domain.words.customer_sentences import ENGLISH, SENTENCES, at, spoken

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_sentence_is_there_in_every_language(language: str) -> None:
    said = SENTENCES[language]
    assert said.keys() == ENGLISH.keys()
    for name, forms in said.items():
        when = {"by": "at"} if language == "fr" and name == "decided by" else {}
        known = {when.get(field, field) for form in ENGLISH[name] for field in fields(form)}
        assert set().union(*map(fields, forms)) == known, name
        assert 1 <= len(forms) <= 2


def test_one_and_several_are_said_as_the_language_has_it() -> None:
    assert spoken("fr", "ready") == "Votre carte est prête."
    assert spoken("fr", "ready", 2) == "Vos 2 cartes sont prêtes."
    assert spoken("ar", "part ready", 2, all=3) == "2 من 3 بطاقات جاهزة."
    assert spoken("de", "ready") == "Your card is ready."


def test_a_time_of_another_day_has_its_day() -> None:
    assert at("fr", NOW, NOW).startswith("à ")
    assert at("fr", NOW - timedelta(days=2), NOW).startswith("le 27/02/2026 à ")
