"""How much work a template may ask for, read off its source: no cap on what is printed stops what prints nothing.

Loops go over lists alone, which the views keep short, and stand at most two deep, those of the macros that they call
counted; nothing calls itself. So the costliest template that a person can write ends in a moment.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError

DEEPEST = 2
LONGEST = 500  # entries


def bounded(tree: nodes.Template) -> nodes.Template:
    """The same template, each of its loops guarded by the environment's `each`.

    Raises TemplateSyntaxError where it could go on for very long.
    """
    macros = list(tree.find_all(nodes.Macro))
    for node in tree.find_all((nodes.CallBlock, nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
        raise TemplateSyntaxError("a template has loops, conditions, macros and {% set %}, nothing else", node.lineno)
    for call in (call for macro in macros for call in macro.find_all(nodes.Call)):
        raise TemplateSyntaxError("a macro calls nothing", call.lineno)
    within = max((_depth(macro) for macro in macros), default=0)
    for loop, depth in _loops(tree, 0):
        if loop.recursive:
            raise TemplateSyntaxError("a loop does not call itself", loop.lineno)
        if depth + (0 if _is_in(loop, macros) else within) > DEEPEST:
            raise TemplateSyntaxError(f"loops stand at most {DEEPEST} deep, those of macros counted", loop.lineno)
        loop.iter = nodes.Call(nodes.EnvironmentAttribute("each"), [loop.iter], [], None, None, lineno=loop.lineno)
    return tree


def each(values: Any) -> Iterable[Any]:
    """What a loop goes over. Raises SecurityError for a text, and for more than a view can hold."""
    if isinstance(values, str) or len(values) > LONGEST:
        raise SecurityError(f"a loop goes over a list of at most {LONGEST} entries")
    return values  # type: ignore[no-any-return]


def _depth(node: nodes.Node) -> int:
    return max((depth for _, depth in _loops(node, 0)), default=0)


def _loops(node: nodes.Node, depth: int) -> Iterator[tuple[nodes.For, int]]:
    """Every loop below a node, and how deep it stands."""
    for child in node.iter_child_nodes():
        inner = depth + isinstance(child, nodes.For)
        if isinstance(child, nodes.For):
            yield child, inner
        yield from _loops(child, inner)


def _is_in(loop: nodes.For, macros: list[nodes.Macro]) -> bool:
    return any(loop is found for macro in macros for found in macro.find_all(nodes.For))
