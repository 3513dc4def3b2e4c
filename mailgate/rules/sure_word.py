"""A word that every text fitted by a regular expression must have, so that an index can pass its rule over.

Only what stands plainly outside of all groups counts, between two characters that are of no word: `ORD` may be the end
of another word, the 12 in `ORD-12-` cannot. "" where there is none.
"""

import re

_TOKEN = re.compile(
    r"""(?P<literal>\\[^A-Za-z0-9]|[^\\\[\]().*+?{}^$|])
      | (?P<alternative>\|)
      | (?P<opens>\()
      | (?P<closes>\))
      | (?P<repeats>[*+?]|\{[0-9,]+\})
      | (?P<class>\[\^?\]?(?:\\.|\[:[^]]*:\]|[^]\\])*\])
      | (?P<other>\\[xpP]\{[^}]*\} | \\x.. | \\[pP]. | \\[0-7]{1,3} | \\. | .)""",
    re.VERBOSE | re.DOTALL,
)
_BETWEEN = re.compile(r"(?<=\W)[a-z0-9]+(?=\W)", re.ASCII)


def sure_word(pattern: str) -> str:
    """The longest one, in lower case. `pattern` is one that RE2 takes."""
    runs, depth = [""], 0
    if "\\Q" in pattern:
        return ""
    for token in _TOKEN.finditer(pattern):
        match token.lastgroup:
            case "literal" if depth == 0:
                runs[-1] += token["literal"][-1]
                continue
            case "alternative" if depth == 0:
                return ""
            case "opens":
                depth += 1
            case "closes":
                depth -= 1
            case "repeats" if depth == 0:
                runs[-1] = runs[-1][:-1]
            case _:
                pass
        runs.append("")
    words = (word for run in runs if run.isascii() for word in _BETWEEN.findall(run.lower()))
    return max(words, key=len, default="")
