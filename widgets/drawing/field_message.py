"""A message that is made of its fields: written like a dataclass, and as cheap as a plain class."""

from typing import Any, ClassVar, dataclass_transform

from textual.message import Message


@dataclass_transform()
class FieldMessage(Message):
    """A message whose fields are what its class annotates, in that order.

    `@dataclass` compiles methods for each class: for all messages together a twentieth of a start.
    With `kw_only=True` the fields of a class can be named only.
    """

    _positional: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, kw_only: bool = False) -> None:
        super().__init_subclass__()
        if not kw_only:
            cls._positional += tuple(cls.__annotations__)

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__()
        self.__dict__ |= dict(zip(self._positional, values, strict=False)) | named
