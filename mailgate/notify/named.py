"""Values by names that are not known beforehand, as a template sees them."""

from collections.abc import Iterator, Mapping
from typing import Any


class Named:
    """`ticket.fields.order`, `hours.office`: whatever names the administrator chose. A name without a value has the
    `missing` one; there are no methods, so a field may be called `items`."""

    __slots__ = ("_missing", "_values")

    def __init__(self, values: Mapping[str, Any], missing: Any = "") -> None:
        self._values, self._missing = dict(values), missing

    def __getitem__(self, name: str) -> Any:
        return self._values.get(name, self._missing)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Named) and (self._values, self._missing) == (other._values, other._missing)

    def __hash__(self) -> int:
        return hash(tuple(self._values))

    def __str__(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in self._values.items())


NO_FIELDS = Named({})
