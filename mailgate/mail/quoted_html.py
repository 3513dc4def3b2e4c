"""Cuts out of an HTML tree what mail programs mark as quoted, and our own mails wherever they stand (spec/mail.md 2).

By structure alone, as each program is known to write it; what it does not know it leaves. Linear; trees are lxml's.
"""

import re
from typing import Any

_QUOTED = frozenset(
    "gmail_quote gmail_quote_container moz-cite-prefix moz-forward-container yahoo_quoted protonmail_quote "
    "tutanota_quote zmail_extra gmx_quote OutlookMessageHeader isReplyContent ntes_not_fresh_blockquote zm-quoted-text "
    "front-blockquote composer_originalmsg originbody_div freebirdReplyContainer gmail_extra_quote".split()
)
_QUOTED_NAMES = frozenset(("quote", "quoted-content", "messageReplySection"))  # GMX and web.de; Spark
_QUOTED_CLASSES = re.compile(r"ydp[0-9a-f]{4,12}yahoo_quoted$")
_QUOTED_FROM_HERE = frozenset(
    "divRplyFwdMsg appendonsend mail-editor-reference-message-container ms-outlook-mobile-reference-message".split()
)
_SIGNATURE = re.compile(r"(?:^|[a-z0-9]_|-|mail|^ydp[0-9a-z]{1,20})signature(?:_block(?:-user)?)?$")
_RULE = re.compile(r"border-top:solid[^;]{0,40}1\.0pt|border-top:1\.0ptsolid|border-top:solid#[0-9a-f]{3,6}")


def cut_quotations(tree: Any) -> None:
    """Change `tree` in place: quoted parts go with their attribution, text beside them stays."""
    stack = list(reversed(tree))
    while stack:
        element = stack.pop()
        if not isinstance(element.tag, str):
            continue
        if begins_the_quoted(element):
            _drop_from(element, tree)
            return
        if is_quoted(element):
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


def is_quoted(element: Any) -> bool:
    """Whether a program marks the element as quoted, or as saying who wrote what is quoted; or it is ours."""
    if element.get("data-mailgate") is not None:
        return True
    if is_blockquote(element) or element.get("name") in _QUOTED_NAMES:
        return True
    names = _names(element)
    return not _QUOTED.isdisjoint(names) or any(_QUOTED_CLASSES.match(name) for name in names)


def is_blockquote(element: Any, *, inside: bool = False) -> bool:
    """Whether an element quotes a mail, rather than sets text apart. Our own mails are quoted, also where nothing says
    so; `inside` a quotation something does.
    """
    if element.get("data-mailgate") == "mail":
        return not inside
    if element.tag != "blockquote":
        return False
    if (element.get("type") or "").lower() == "cite" or not _QUOTED.isdisjoint(_names(element)):
        return True
    return "border-left" in (element.get("style") or "")[:500].lower()


def is_signature(element: Any) -> bool:
    """Whether a program marks the element as the writer's signature."""
    written = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-smartmail') or ''}"
    if element.get("name") == "messageSignatureSection":  # Spark
        return True
    return any(_SIGNATURE.search(name) for name in written.lower().split())


def begins_the_quoted(element: Any) -> bool:
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
