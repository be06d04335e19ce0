"""Ten minutes or so at three consoles, and the books after it."""

from tests.proof import soak


def test_the_books_balance() -> None:
    books = soak.run(20, seed=3, hours=0.15)
    assert books.complaints == []
    assert books.balanced, books
    assert books.journal > 0
