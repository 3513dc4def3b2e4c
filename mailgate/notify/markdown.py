"""Markdown with protected tags to the two parts of a mail: HTML with inline styles, and the Markdown itself made plain.

CommonMark without raw HTML: what the two parts say never differs. Done once a template, when it is loaded.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from mailgate.notify.tags import EXPRESSION, STATEMENT, Tags, statements_as_blocks

RULE = "-" * 60
_STATEMENTS_ALONE = re.compile(rf"(?:{STATEMENT}\s*)+")
_EXPRESSION_ALONE = re.compile(rf"\s*{EXPRESSION}\s*")
_EXPRESSION = re.compile(EXPRESSION)
_LISTS = ("bullet_list", "ordered_list")
# Mail clients drop style sheets or parts of them: what must show stands in the element itself. Classes serve dark mode.
_STYLES = {
    "p": "margin:0 0 16px",
    "div": "margin:0 0 16px",
    "h1": "margin:24px 0 12px;font-size:22px;line-height:1.3",
    "h2": "margin:24px 0 12px;font-size:18px;line-height:1.3",
    "h3": "margin:20px 0 8px;font-size:16px;line-height:1.3",
    "ul": "margin:0 0 16px;padding-left:24px",
    "ol": "margin:0 0 16px;padding-left:24px",
    "li": "margin:0 0 4px",
    "blockquote": "margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #c8ccd2",
    "hr": "margin:24px 0 16px;border:0;border-top:1px solid #d9dce1",
    "pre": "margin:0 0 16px;white-space:pre-wrap;font-family:Menlo,Consolas,monospace;font-size:14px",
    "code": "font-family:Menlo,Consolas,monospace;font-size:14px",
    "a": "color:#0b57d0",
}


def two_parts(protected: str, tags: Tags) -> tuple[str, str]:
    """(text, HTML), both with the tags' characters still in place."""
    parser = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False})
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]  # it would percent-encode the tags' characters
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # `safe_link` judges the finished address
    parser.add_render_rule("tag", lambda self, tokens, index, options, env: tokens[index].content)
    tokens = _loops_into_lists(_lone_tags(parser.parse(statements_as_blocks(protected, tags)), tags), tags)
    for token in tokens:
        if token.children:
            token.children = _breaks_into_ifs(token.children, tags)
        _dress(token, tags)
    html = parser.renderer.render(tokens, parser.options, {})
    return _text(SyntaxTreeNode(tokens)).strip("\n"), html


def _lone_tags(tokens: Sequence[Token], tags: Tags) -> list[Token]:
    """A paragraph of statements alone is no paragraph. One of a single expression may hold blocks or nothing.

    Within a list or a quotation it is a div, else it leaves nothing behind when it is empty.
    """
    out: list[Token] = []
    for token in tokens:
        out.append(token)
        if token.type != "paragraph_close" or token.hidden:
            continue
        opening, inline = out[-3], out[-2]
        if _STATEMENTS_ALONE.fullmatch(inline.content):
            out[-3:] = [Token("tag", "", 0, content="".join(inline.content.split()))]
        elif _EXPRESSION_ALONE.fullmatch(inline.content):
            if token.level:
                opening.tag = token.tag = "div"
            else:
                code = tags.code(inline.content.strip())
                out[-3:] = [Token("tag", "", 0, content=tags.expression(f"({code}) | paragraph"))]
    return out


def _loops_into_lists(tokens: list[Token], tags: Tags) -> list[Token]:
    """A loop around one list repeats its items, not the list."""
    for place, token in enumerate(tokens[:-1]):
        following = tokens[place + 1]
        if token.type != "tag" or following.type not in [f"{each}_open" for each in _LISTS]:
            continue
        if len(token.content) != 1 or tags.word(token.content) != "for":
            continue
        close = next(
            at for at in range(place + 2, len(tokens)) if tokens[at].level == following.level and tokens[at].nesting < 0
        )
        end = tokens[close + 1] if close + 1 < len(tokens) else None
        if end and end.type == "tag" and len(end.content) == 1 and tags.word(end.content) == "endfor":
            tokens[place], tokens[place + 1] = following, token
            tokens[close], tokens[close + 1] = end, tokens[close]
    return tokens


def _breaks_into_ifs(children: list[Token], tags: Tags) -> list[Token]:
    """A line that is one `if` takes its line end along when it is not shown."""
    lines: list[list[Token]] = [[]]
    breaks: list[Token | None] = [None]  # before each line
    for token in children:
        if token.type in ("softbreak", "hardbreak"):
            breaks.append(token)
            lines.append([])
        else:
            lines[-1].append(token)
    out: list[Token] = []
    for place, line in enumerate(lines):
        before = breaks[place]
        if not _is_one_if(line, tags):
            out += [before, *line] if before else line
            continue
        opening, closing = line[0].content[0], line[-1].content[-1]
        line[0].content = line[0].content[1:]
        line[-1].content = line[-1].content[:-1]
        after = None
        if before is None and place + 1 < len(lines):
            after, breaks[place + 1] = breaks[place + 1], None
        inner = [each for each in (before, *line, after) if each]
        out += [Token("text", "", 0, content=opening), *inner, Token("text", "", 0, content=closing)]
    return out


def _is_one_if(line: list[Token], tags: Tags) -> bool:
    content = "".join(token.content for token in line)
    ends_are_text = bool(line) and line[0].content[:1] == content[:1] and line[-1].content[-1:] == content[-1:]
    return ends_are_text and line[0].type == line[-1].type == "text" and tags.wraps(content)


def _dress(token: Token, tags: Tags) -> None:
    """Inline styles, and expressions made fit for the place in which they stand."""
    style = _STYLES.get(token.tag)
    if style and token.nesting >= 0:
        token.attrSet("style", style)
    for name in ("href", "title"):
        value = token.attrs.get(name)
        if isinstance(value, str) and value:
            token.attrSet(name, _EXPRESSION.sub(lambda found, at=name: _in_attribute(at, found, tags), value))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    if token.type in ("fence", "code_block"):  # line ends count there: no <br> beside them
        token.content = _EXPRESSION.sub(lambda found: _filtered(found, "unbroken", tags), token.content)
    if token.type == "image":  # a mail of ours fetches nothing: the words alone
        token.type, token.tag, token.children = "text", "", None
    for child in token.children or ():
        _dress(child, tags)


def _in_attribute(name: str, found: re.Match[str], tags: Tags) -> str:
    """An address is checked where it is a value from its beginning, else the value is percent-encoded."""
    if name == "title":
        return _filtered(found, "one_line", tags)
    return _filtered(found, "link_part" if found.start() else "safe_link", tags)


def _filtered(found: re.Match[str], name: str, tags: Tags) -> str:
    return tags.expression(f"({tags.code(found[0])}) | {name}")


def _text(node: SyntaxTreeNode) -> str:
    """A block as plain text; every block brings its own line ends."""
    match node.type:
        case "tag":
            return node.content
        case "paragraph" | "heading":
            return _inline(node.children[0]) + "\n" + ("" if node.hidden else "\n")
        case "bullet_list" | "ordered_list":
            return "".join(_item(each, place) for place, each in enumerate(node.children)) + "\n"
        case "blockquote":
            quoted = "".join(_text(each) for each in node.children).strip("\n")
            return "".join(f"> {line}".rstrip() + "\n" for line in quoted.split("\n")) + "\n"
        case "fence" | "code_block":
            return f"{node.content}\n"
        case "hr":
            return f"{RULE}\n"
        case _:
            return "".join(_text(each) for each in node.children)


def _item(node: SyntaxTreeNode, place: int) -> str:
    if node.type == "tag":
        return node.content
    marker = "- " if node.parent and node.parent.type == "bullet_list" else f"{node.info or place + 1}. "
    body = "".join(_text(each) for each in node.children)
    indented = body.rstrip("\n").replace("\n", "\n" + " " * len(marker))
    return f"{marker}{indented}\n"


def _inline(node: SyntaxTreeNode) -> str:
    match node.type:
        case "text" | "code_inline" | "tag":
            return node.content
        case "softbreak" | "hardbreak":
            return "\n"
        case "link":
            words = "".join(map(_inline, node.children))
            href = str(node.attrs.get("href", ""))
            address = href.removeprefix("mailto:")
            return words if words in (href, address) else f"{words} <{address}>"
        case _:
            return "".join(map(_inline, node.children))
