"""format=flowed text (RFC 3676) unfolded into paragraphs; quote depth is kept, no word is lost."""


def unflow(text: str, delete_space: bool) -> str:
    """`text` with its soft line breaks joined; `delete_space` is DelSp=yes (RFC 3676 4.5)."""
    out: list[str] = []
    held: list[str] = []
    held_depth = 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        if held and depth != held_depth:  # a paragraph that flows into another depth was not meant to (4.5)
            out.append(_quoted(held_depth, held))
            held = []
        held_depth = depth
        flows = content.endswith(" ") and content != "-- "
        held.append(content[:-1] if flows and delete_space else content)
        if not flows:
            out.append(_quoted(depth, held))
            held = []
    if held:
        out.append(_quoted(held_depth, held))
    return "\n".join(out)


def _quoted(depth: int, pieces: list[str]) -> str:
    text = "".join(pieces)
    return f"{'>' * depth} {text}" if depth else text
