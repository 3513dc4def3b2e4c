"""Reading a directory of templates: frames, brand, sources and what replaces their parts, every mistake at once.

What is as it comes with mailgate is not proven again, as its own tests do that; it is compiled when first needed.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import TemplateSyntaxError

from mailgate.errors import FilesRejected
from mailgate.notify import check
from mailgate.notify.brand import Brand, LogoFile, logo_file, read_brand
from mailgate.notify.compiled import DEFAULT_LANGUAGE, Compiled, Key, Parts, seen
from mailgate.notify.frontmatter import LAYOUT, Head, body_of, read_head
from mailgate.notify.logo import MAX_OCTETS, Logo, read_logo
from mailgate.notify.markdown import two_parts
from mailgate.notify.samples import SAMPLES
from mailgate.notify.sandbox import TemplateSandbox
from mailgate.notify.tags import Tags
from mailgate.problems import Problem, did_you_mean

BRAND = "_brand.toml"
OVERRIDES = (".txt.j2", ".html.j2")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")
_CONTENT = re.compile(r"\{\{-?\s*content\s*-?\}\}")


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    name: str
    language: str
    source: str
    packaged: bool
    text: check.Passage | None = None  # what replaces what Markdown makes of the body, in each part
    html: check.Passage | None = None


class TemplateReader:
    """One load: gathers problems and sources on the way."""

    def __init__(self, directory: Path, packaged: Path | None, prove_all: bool) -> None:
        self._directories = (directory, packaged) if packaged else (directory,)
        self._prove_all = prove_all
        self._unchanged: dict[str, bool] = {}
        self._problems: list[Problem] = []
        self._sources: dict[str, str] = {}
        self._text, self._html = TemplateSandbox(html=False), TemplateSandbox(html=True)
        self._layouts: dict[str, tuple[str, str]] = {}

    def read(self) -> tuple[dict[str, dict[Key, Compiled]], Brand]:
        if not self._directories[0].is_dir():
            place, mend = str(self._directories[0]), "make it, or copy the packaged templates there"
            raise FilesRejected((Problem(place, 0, 0, "no such directory", mend=mend),), {})
        brand = self._brand()
        self._layout_pair(LAYOUT, brand, None)
        files = self._files()
        heads = [(each, head) for each in files if (head := self._head(each, brand))]
        names = {each.name for each in files}
        neutrals = {head.neutral for _, head in heads if head.neutral}
        compiled: dict[str, dict[Key, Compiled]] = {}
        for each, head in heads:
            if head.neutral and head.neutral not in names:
                mend = did_you_mean(head.neutral, names)
                said = f'no template "{head.neutral}"'
                self._problems.append(Problem(each.path, head.neutral_line, 1, said, mend=mend))
            made = self._compile(each, head, brand, each.name in neutrals)
            if made:
                compiled.setdefault(each.name, {})[each.packaged, each.language] = made
        if self._problems:
            raise FilesRejected(tuple(dict.fromkeys(self._problems)), self._sources)  # once, however many include it
        return compiled, brand

    def _files(self) -> list[_File]:
        """One file a name and language, one's own before the packaged one. Where one's own is there in English, the
        packaged one is never looked for."""
        found: list[_File] = []
        english = {path.stem for path in self._directories[0].glob(f"{DEFAULT_LANGUAGE}/*.md")}
        for directory in self._directories:
            packaged = directory != self._directories[0]
            for path in sorted(directory.glob("*/*.md")):
                language = path.parent.name
                if path.name.startswith("_") or (packaged and path.stem in english):
                    continue
                if (source := self._read(path)) is None:
                    continue
                if not _LANGUAGE.fullmatch(language):
                    self._problem(str(path), f'"{language}" is no language', 'name the directory as in "en" or "pt-BR"')
                text, html = (self._override(path.parent / f"{path.stem}{suffix}") for suffix in OVERRIDES)
                found.append(_File(str(path), path.stem, language, source, packaged, text, html))
            self._lone_overrides(directory)
        return found

    def _override(self, path: Path) -> check.Passage | None:
        source = self._read(path) if path.is_file() else None
        return None if source is None else check.passage(str(path), source, 1)

    def _lone_overrides(self, directory: Path) -> None:
        for path in sorted(each for suffix in OVERRIDES for each in directory.glob(f"*/*{suffix}")):
            name = path.name.partition(".")[0]
            if not path.with_name(f"{name}.md").is_file():
                self._problem(
                    str(path), "it replaces a part of no template", f"write {name}.md beside it, or take it away"
                )

    def _head(self, file: _File, brand: Brand) -> Head | None:
        """None after problems, those of the body among them."""
        head, problems = read_head(file.source, file.path)
        self._problems += problems
        if head is None and (below := body_of(file.source)) is not None:
            known = seen(next(iter(SAMPLES.values())), brand, file.language, False)
            self._problems += check.misspelt(check.passage(file.path, *below), self._text, known)
        return head

    def _compile(self, file: _File, head: Head, brand: Brand, only_number: bool) -> Compiled | None:
        layouts = self._layout_pair(head.layout, brand, Problem(file.path, head.layout_line, 1, ""))
        footer = self._footer(file, head)
        make = cache(lambda: self._parts(file, head, footer, layouts))
        if not self._is_as_packaged(file, head, only_number):
            samples = {told: seen(each, brand, file.language, only_number) for told, each in SAMPLES.items()}
            problems = self._mistakes(file, head, footer, make, samples)
            if problems:
                mend = "a neutral template sees ticket.number, ticket.tag, queue, site, brand and now alone (R32)"
                self._problems += [replace(each, mend=mend) for each in problems] if only_number else problems
                return None
        return Compiled(file.language, head.kind, head.neutral, only_number, make)

    def _mistakes(
        self,
        file: _File,
        head: Head,
        footer: check.Passage | None,
        make: Callable[[], Parts],
        samples: dict[str, dict[str, Any]],
    ) -> list[Problem]:
        pieces = [
            check.passage(file.path, head.subject, head.subject_line),
            check.passage(file.path, head.body, head.body_line),
            *(each for each in (footer, file.text, file.html) if each),
        ]
        known = next(iter(samples.values()))
        read = {each: check.misspelt(each, self._text, known) for each in pieces}
        problems = [problem for each in read.values() for problem in each]
        problems += check.fetching(file.html) if file.html else []
        if problems:  # the other pieces may fail all the same
            others = (each for each, found in read.items() if not found)
            return problems + [problem for each in others for problem in check.failures(each, self._text, samples)]
        try:
            defeats = [check.defeat(each, samples) for each in make()]
        except FilesRejected as error:
            return list(error.problems)
        if any(defeats):  # the source says at which line, unless it is by the length of the whole
            found = [problem for each in pieces for problem in check.failures(each, self._text, samples)]
            return found or [Problem(file.path, 0, 0, said) for said in defeats if said]
        return []

    def _parts(self, file: _File, head: Head, footer: check.Passage | None, layouts: tuple[str, str]) -> Parts:
        """Compiled with the layouts. Raises FilesRejected with one problem where the pieces do not fit together."""
        below = f"\n\n{footer.source}" if footer else ""
        text, html = self._of_markdown(file, head.body + below)
        if file.text or file.html:
            text_below, html_below = self._of_markdown(file, below)
            text = "\n\n".join(filter(None, (file.text.source, text_below))) if file.text else text
            html = f"{file.html.source}\n{html_below}" if file.html else html
        try:
            return Parts(
                self._text.from_string(head.subject),
                self._text.from_string(_CONTENT.sub(lambda _: text, layouts[0])),
                self._html.from_string(_CONTENT.sub(lambda _: html, layouts[1])),
            )
        except TemplateSyntaxError as error:  # the layout is at fault, or a tag crosses it
            said = f"the template does not fit the layout: {error.message}"
            raise FilesRejected((Problem(file.path, 0, 0, said),), {}) from error

    def _of_markdown(self, file: _File, body: str) -> tuple[str, str]:
        """The sources of both parts, as Jinja has them."""
        tags = Tags()
        protected = tags.protect(body, self._text)
        text, html = two_parts(protected, tags)
        statements = tags.statements_in(protected)
        if tags.statements_in(text) != statements or tags.statements_in(html) != statements:
            said, mend = "a {% tag %} stands where Markdown shows nothing", "move it to a line of its own"
            raise FilesRejected((Problem(file.path, 0, 0, said, mend=mend),), {})
        return tags.restore(text), tags.restore(html)

    def _is_as_packaged(self, file: _File, head: Head, only_number: bool) -> bool:
        """Whether all that makes this template is what comes with mailgate, used as it is there."""
        if self._prove_all or len(self._directories) < 2 or (only_number and head.neutral != file.name):
            return False
        if not file.packaged and (file.text or file.html):
            return False
        footer = [f"{file.language}/_{head.footer}.md"] if head.footer else []
        own = [] if file.packaged else [f"{file.language}/{file.name}.md"]
        files = [*own, f"_{head.layout}.txt.j2", f"_{head.layout}.html.j2", *footer]
        return all(map(self._is_unchanged, files))

    def _is_unchanged(self, name: str) -> bool:
        if name not in self._unchanged:
            mine, packaged = self._first(name), self._directories[-1] / name
            self._unchanged[name] = mine == packaged or (
                mine is not None and packaged.is_file() and mine.read_bytes() == packaged.read_bytes()
            )
        return self._unchanged[name]

    def _footer(self, file: _File, head: Head) -> check.Passage | None:
        """What follows the body: `_ticket.md` of the same language."""
        if head.footer is None:
            return None
        name = f"{file.language}/_{head.footer}.md"
        path = self._first(name)
        source = self._read(path) if path else None
        if path is None or source is None:
            said = f'no footer "{head.footer}" in this language'
            self._problems.append(Problem(file.path, head.footer_line, 1, said, mend=f"write {name}"))
            return None
        return check.passage(str(path), source, 1)

    def _brand(self) -> Brand:
        path = self._first(BRAND)
        source = self._read(path) if path else None
        if path is None or source is None:
            return Brand()
        brand, problems = read_brand(source, str(path))
        self._problems += problems
        named = logo_file(source)
        return replace(brand, logo=self._logo(path, named)) if named else brand

    def _logo(self, brand: Path, named: LogoFile) -> Logo | None:
        """The picture beside `brand`, which the frame has to show."""
        path, line = brand.with_name(named.name), named.line
        try:
            with path.open("rb") as file:
                found = read_logo(file.read(MAX_OCTETS + 1))
        except OSError as error:
            found = error.strerror or type(error).__name__
        if isinstance(found, str):
            mend = f"put a PNG, JPEG or GIF of at most {MAX_OCTETS:,} octets beside this file"
            self._problems.append(Problem(str(brand), line, 1, f"the logo {path}: {found}", mend=mend))
            return None
        frame = self._first(f"_{LAYOUT}.html.j2")
        if frame is not None and "brand.logo" not in (self._read(frame) or "brand.logo"):
            mend = f"take the <img> of the packaged {frame.name} over, or take the logo away"
            self._problems.append(Problem(str(brand), line, 1, f"{frame} shows no logo", mend=mend))
        return found

    def _layout_pair(self, name: str, brand: Brand, named: Problem | None) -> tuple[str, str]:
        """The frames of the text and the HTML part. `named`: the place that asks for a layout of its own."""
        pair = self._layouts.get(name)
        if pair is None:
            text, html = f"_{name}.txt.j2", f"_{name}.html.j2"
            if named and not (self._first(text) and self._first(html)):
                said = f'no layout "{name}"'
                self._problems.append(replace(named, message=said, mend=f"write {text} and {html}"))
                return self._layouts[LAYOUT]
            pair = self._layout(text, self._text, brand), self._layout(html, self._html, brand)
            self._layouts[name] = pair
        return pair

    def _layout(self, name: str, sandbox: TemplateSandbox, brand: Brand) -> str:
        """The frame of one part; a frame with mistakes is told of once and then left out."""
        path = self._first(name)
        source = self._read(path) if path else None
        if path is None or source is None:
            self._problem(str(self._directories[0] / name), "the layout is missing", "copy the packaged one there")
            return "{{ content }}"
        if len(_CONTENT.findall(source)) != 1:
            self._problem(str(path), "the layout does not say where the mail's text stands", "write {{ content }} once")
            return "{{ content }}"
        samples = {told: seen(each, brand, DEFAULT_LANGUAGE, only_number=True) for told, each in SAMPLES.items()}
        problems = check.mistakes(check.passage(str(path), _CONTENT.sub("", source), 1), sandbox, samples)
        problems += check.fetching(check.passage(str(path), source, 1))
        self._problems += problems
        return "{{ content }}" if problems else source

    def _first(self, name: str) -> Path | None:
        return next((each / name for each in self._directories if (each / name).is_file()), None)

    def _read(self, path: Path) -> str | None:
        try:
            content = path.read_bytes().removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            source = content.decode()
        except OSError as error:
            said = error.strerror or type(error).__name__
            self._problem(str(path), f"cannot be read: {said}", "put a file there that mailgate may read")
            return None
        except UnicodeDecodeError as error:
            before = content[: error.start]
            line, column = before.count(b"\n") + 1, len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
            self._sources[str(path)] = content.decode("utf-8", "replace")
            said = f"cannot be read: the byte 0x{content[error.start]:02x} is not UTF-8"
            self._problems.append(Problem(str(path), line, column, said, mend="save the file as UTF-8"))
            return None
        self._sources[str(path)] = source
        return source

    def _problem(self, path: str, message: str, mend: str) -> None:
        self._problems.append(Problem(path, 0, 0, message, mend=mend))
