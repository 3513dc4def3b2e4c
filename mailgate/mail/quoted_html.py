"""Cuts out of an HTML tree what mail programs mark as quoted, and our own mails wherever they stand (spec/mail.md 2).

By structure alone, as each program is known to write it; what it does not know it leaves. Linear; trees are lxml's.
"""

import re
from typing import Any

_QUOTED = frozenset(
    "gmail_quote gmail_quote_container moz-cite-prefix moz-forward-container yahoo_quoted protonmail_quote "
    "tutanota_quote zmail_extra gmx_quote OutlookMessageHeader".split()
)
_QUOTED_FROM_HERE = frozenset(
    "divRplyFwdMsg appendonsend mail-editor-reference-message-container ms-outlook-mobile-reference-message".split()
)
_RULE = re.compile(r"border-top:solid[^;]{0,40}1\.0pt|border-top:1\.0ptsolid|border-top:solid#[0-9a-f]{3,6}")


def cut_quotations(tree: Any) -> None:
    """Change `tree` in place: quoted parts go with their attribution, text beside them stays."""
    stack = list(reversed(tree))
    while stack:
        element = stack.pop()
        if not isinstance(element.tag, str):
            continue
        if _begins_the_quoted(element):
            _drop_from(element, tree)
            return
        if _is_quoted(element):
            drop(element)
        else:
            stack += reversed(element)


def drop(element: Any) -> None:
    """The element goes with its content; what follows it stays."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _is_quoted(element: Any) -> bool:
    if element.get("data-mailgate") is not None:
        return True
    if element.tag == "blockquote" and (element.get("type") or "").lower() == "cite":
        return True
    return not _QUOTED.isdisjoint(_names(element))


def _begins_the_quoted(element: Any) -> bool:
    """Outlook marks the head of what it quotes; all below is quoted. The desktop's has a rule above it and no name."""
    if not _QUOTED_FROM_HERE.isdisjoint(_names(element)):
        return True
    style = element.get("style") or ""
    return element.tag == "div" and "border-top" in style and bool(_RULE.search("".join(style[:500].lower().split())))


def _names(element: Any) -> set[str]:
    """Classes and id; Outlook on the web puts x_ before them."""
    written = f"{element.get('class') or ''} {element.get('id') or ''}"
    return {name.removeprefix("x_") for name in written.split()}


def _drop_from(element: Any, tree: Any) -> None:
    """The element and all that follows it in the tree."""
    following = element
    while following is not tree:
        parent = following.getparent()
        for sibling in list(following.itersiblings()):
            parent.remove(sibling)
        following.tail = None
        following = parent
    drop(element)
