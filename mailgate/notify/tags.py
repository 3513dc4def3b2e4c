"""Jinja tags kept out of Markdown's sight: each becomes one private-use character and comes back when the HTML is made.

So a template's Markdown is rendered once, when it is loaded, and a value can never be read as Markdown. A statement
(`{% if %}`) alone on its line is a block between paragraphs; within a line it belongs to its paragraph.
"""

import re
from dataclasses import dataclass, field

from jinja2 import Environment

_STATEMENTS = 0xF0000  # Supplementary Private Use Area A
_EXPRESSIONS = 0x100000  # and B
STATEMENT = "[\U000f0000-\U000ffffd]"
EXPRESSION = "[\U00100000-\U0010fffd]"
_ANY = re.compile(f"{STATEMENT}|{EXPRESSION}")
_ALONE = re.compile(rf"[ \t]*(?:{STATEMENT}[ \t]*)+")
_PARAGRAPH = re.compile(r"[^\n]+(?:\n[^\n]+)*")
_FENCE = re.compile(r"[ ]{0,3}(?:```|~~~)")
_WOULD_BE_TAG = re.compile(r"\{(?=[{%#]|" + STATEMENT + "|" + EXPRESSION + ")")


@dataclass(slots=True)
class Tags:
    """The tags of one template, by the character that stands for each."""

    _sources: dict[str, str] = field(default_factory=dict)
    _words: dict[str, str] = field(default_factory=dict)

    def protect(self, source: str, environment: Environment) -> str:
        """`source`, which Jinja has parsed without complaint, with its tags replaced.

        Comments go; `{% raw %}` leaves its content as plain text. Whitespace control (`-`) is done here already.
        """
        out: list[str] = []
        tag: list[str] = []
        for _, kind, value in environment.lex(_ANY.sub("", source)):
            if kind in ("variable_begin", "block_begin"):
                tag = []
            elif kind == "variable_end":
                out.append(self.expression("".join(tag).strip()))
            elif kind == "block_end":
                out.append(self._statement("".join(tag).strip()))
            elif kind == "comment_begin":
                out.append(self._add(_STATEMENTS, "", "comment"))
            elif kind == "data":
                out.append(value)
            elif not kind.startswith(("comment", "raw")):
                tag.append(value)
        return "".join(out)

    def expression(self, code: str) -> str:
        """A character that stands for `{{ code }}`."""
        return self._add(_EXPRESSIONS, f"{{{{ {code} }}}}", code)

    def code(self, char: str) -> str:
        """The inside of an expression."""
        return self._words[char]

    def word(self, char: str) -> str:
        """The first word of a statement, "if"."""
        return self._words[char]

    def restore(self, protected: str) -> str:
        """A Jinja template: what only looks like a tag is made literal, and the tags come back."""
        literal = _WOULD_BE_TAG.sub("\U0010fffe", protected)
        restored = _ANY.sub(lambda found: self._sources.get(found[0], ""), literal)
        return restored.replace("\U0010fffe", "{{ '{' }}")

    def statements_in(self, text: str) -> list[str]:
        """The statements of `text` in order, comments left out."""
        return [char for char in re.findall(STATEMENT, text) if self._words[char] != "comment"]

    def wraps(self, text: str) -> bool:
        """Whether `text` is one `{% if %}...{% endif %}` from end to end, without an else of its own."""
        return len(self.choice(text)) == 3

    def choice(self, text: str) -> list[str]:
        """The pieces of what is one `{% if %}...{% else %}...{% endif %}` from end to end, its statements among them.

        Nothing where `text` is more than that.
        """
        if len(text) < 2 or self._words.get(text[0]) != "if" or self._words.get(text[-1]) != "endif":
            return []
        pieces = [""]
        depth = 0
        for place, char in enumerate(text):
            word = self._words.get(char) if re.match(STATEMENT, char) else None
            depth += (word == "if") - (word == "endif")
            if depth == 0 and place < len(text) - 1:
                return []
            if place == 0 or depth == 0 or (depth == 1 and word in ("else", "elif")):
                pieces += [char, ""]
            else:
                pieces[-1] += char
        return pieces[1:-1]

    def _statement(self, code: str) -> str:
        return self._add(_STATEMENTS, f"{{% {code} %}}", code.split(maxsplit=1)[0] if code else "")

    def _add(self, plane: int, source: str, word: str) -> str:
        char = chr(plane + len(self._sources))
        self._sources[char] = source
        self._words[char] = word
        return char


def statements_as_blocks(protected: str, tags: Tags) -> str:
    """Blank lines around statements that stand alone on their line, and around those of a paragraph that is one `if`.

    Inside a code block such a line vanishes instead.
    """
    out: list[str] = []
    in_code = False
    for line in protected.split("\n"):
        if _FENCE.match(line):
            in_code = not in_code
        if not _ALONE.fullmatch(line):
            out.append(f"{line}\n")
        elif in_code:
            out.append(line.strip())
        else:
            out.append(f"\n{line.strip()}\n\n")
    return _PARAGRAPH.sub(lambda found: _unwrapped(found[0], tags), "".join(out))


def _unwrapped(paragraph: str, tags: Tags) -> str:
    """An `if` that is a whole paragraph takes it along when it is not shown; each of its branches is one."""
    pieces = tags.choice(paragraph) if len(paragraph) > 2 else []
    return "\n\n".join(each.strip() for each in pieces) or paragraph
