"""The templates of the desk: one Markdown source each, compiled once into the parts of a mail (spec/rules.md 2).

    templates/_layout.html.j2  _layout.txt.j2  _plain.html.j2  _plain.txt.j2  _brand.toml
              en/received.md  en/_ticket.md  es/received.md ...
              en/received.html.j2  en/received.txt.j2     what stands in the frame instead of what Markdown makes

`Templates.load` reads them all and proves those that are not as they come with mailgate, whose own tests prove the
others: they are compiled when first needed. A mail then costs three short Jinja renders. A template's language falls
back to the site's, to `en`, then to the packaged templates. Loading fails with FilesRejected, every mistake at once;
rendering with TemplateFailed.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Template, TemplateSyntaxError

from mailgate.errors import FilesRejected, MailgateError
from mailgate.notify import check
from mailgate.notify.brand import Brand, LogoFile, logo_file, read_brand
from mailgate.notify.frontmatter import LAYOUT, Head, body_of, read_head
from mailgate.notify.logo import MAX_OCTETS, Logo, read_logo
from mailgate.notify.markdown import two_parts
from mailgate.notify.rendered import Kind, Rendered
from mailgate.notify.samples import SAMPLES
from mailgate.notify.sandbox import TemplateSandbox, finished
from mailgate.notify.scrub import scrub_line
from mailgate.notify.tags import Tags
from mailgate.notify.variables import Variables, neutral_mapping
from mailgate.problems import Problem, did_you_mean
from mailgate.rules.expression import ExpressionFailed

BRAND = "_brand.toml"
DEFAULT_LANGUAGE = "en"
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")
_CONTENT = re.compile(r"\{\{-?\s*content\s*-?\}\}")
OVERRIDES = (".txt.j2", ".html.j2")
_RIGHT_TO_LEFT = frozenset(("ar", "dv", "fa", "he", "ps", "ur", "yi"))


class TemplateFailed(MailgateError):
    """A template that passed its checks could not be rendered with the values of a mail."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    language: str
    kind: Kind
    neutral: str | None
    sees_only_number: bool  # some template names it as its neutral one
    parts: "Callable[[], _Parts]"


class _Parts(NamedTuple):
    subject: Template
    text: Template
    html: Template


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    name: str
    language: str
    source: str
    packaged: bool
    text: check.Passage | None = None  # what replaces what Markdown makes of the body, in each part
    html: check.Passage | None = None


_Key = tuple[bool, str]  # whether it is the packaged one, and the language


class Templates:
    """One immutable set; make it with `load`."""

    def __init__(self, compiled: Mapping[str, Mapping[_Key, _Compiled]], brand: Brand) -> None:
        self._compiled = compiled
        self._brand = brand

    @classmethod
    def load(cls, directory: Path, packaged: Path | None = None, prove_all: bool = False) -> "Templates":
        """Read `directory`; what it lacks comes from `packaged`. Raises FilesRejected.

        `prove_all`: what is the same in both is proven, too.
        """
        return _Loading(directory, packaged, prove_all).finish()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._compiled)

    @property
    def reports(self) -> frozenset[str]:
        """Those that speak of no ticket."""
        return frozenset(name for name in self._compiled if self.kind(name) == "report")

    def languages(self, name: str) -> frozenset[str]:
        """The languages in which a template exists. Raises KeyError for an unknown name."""
        return frozenset(language for _, language in self._compiled[name])

    def kind(self, name: str) -> Kind:
        return self._find(name, DEFAULT_LANGUAGE).kind

    @property
    def neutral_forms(self) -> Mapping[str, str]:
        """Template -> the one used instead when nothing is known of the sender; not in it: then nothing is sent."""
        found = ((name, self._find(name, DEFAULT_LANGUAGE).neutral) for name in self._compiled)
        return {name: neutral for name, neutral in found if neutral}

    def render(self, name: str, language: str, variables: Variables, site_language: str = DEFAULT_LANGUAGE) -> Rendered:
        """A mail's subject and parts. `site_language`: taken where the template does not exist in `language`.

        Raises KeyError for an unknown name, TemplateFailed if the values defeat it.
        """
        found = self._find(name, language, site_language)
        values = _seen(variables, self._brand, found.language, found.sees_only_number)
        try:
            parts = found.parts()
            subject = finished(parts.subject, values)
            text = finished(parts.text, values).strip("\n") + "\n"
            html = finished(parts.html, values)
        except (ExpressionFailed, FilesRejected) as error:
            raise TemplateFailed(f"template {name} ({found.language}): {error}") from error
        logo = self._brand.logo
        shown = logo if logo is not None and logo.cid in html else None
        return Rendered(scrub_line(subject), text, html, found.kind, found.language, shown)

    def warm_up(self, names: Iterable[str], language: str) -> None:
        """Compile those that every day needs, so that no mail waits for it. What fails does so when it is used."""
        for name in self._compiled.keys() & set(names):
            with suppress(FilesRejected):
                self._find(name, language).parts()

    def _find(self, name: str, language: str, site_language: str = DEFAULT_LANGUAGE) -> _Compiled:
        """By the whole tag, its primary subtag, the site's language, English; of one's own, then of the packaged ones;
        whatever there is."""
        forms = self._compiled[name]
        family, site_family = (each.partition("-")[0].lower() for each in (language, site_language))
        for packaged in (False, True):
            for wanted in (language, family, site_language, site_family, DEFAULT_LANGUAGE):
                if (packaged, wanted) in forms:
                    return forms[packaged, wanted]
        return forms[min(forms)]


def _seen(variables: Variables, brand: Brand, language: str, only_number: bool) -> dict[str, Any]:
    values = neutral_mapping(variables) if only_number else variables.mapping()
    values["brand"] = brand
    values["language"] = language
    values["direction"] = "rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"
    return values


class _Loading:
    """One load: gathers problems and sources on the way."""

    def __init__(self, directory: Path, packaged: Path | None, prove_all: bool) -> None:
        self._directories = (directory, packaged) if packaged else (directory,)
        self._prove_all = prove_all
        self._unchanged: dict[str, bool] = {}
        self._problems: list[Problem] = []
        self._sources: dict[str, str] = {}
        self._text, self._html = TemplateSandbox(html=False), TemplateSandbox(html=True)
        self._layouts: dict[str, tuple[str, str]] = {}

    def finish(self) -> Templates:
        if not self._directories[0].is_dir():
            place, mend = str(self._directories[0]), "make it, or copy the packaged templates there"
            raise FilesRejected((Problem(place, 0, 0, "no such directory", mend=mend),), {})
        brand = self._brand()
        self._layout_pair(LAYOUT, brand, None)
        files = self._files()
        heads = [(each, head) for each in files if (head := self._head(each, brand))]
        names = {each.name for each in files}
        neutrals = {head.neutral for _, head in heads if head.neutral}
        compiled: dict[str, dict[_Key, _Compiled]] = {}
        for each, head in heads:
            if head.neutral and head.neutral not in names:
                mend = did_you_mean(head.neutral, names)
                said = f'no template "{head.neutral}"'
                self._problems.append(Problem(each.path, head.neutral_line, 1, said, mend=mend))
            made = self._compile(each, head, brand, each.name in neutrals)
            if made:
                compiled.setdefault(each.name, {})[each.packaged, each.language] = made
        if self._problems:
            raise FilesRejected(tuple(self._problems), self._sources)
        return Templates(compiled, brand)

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
            known = _seen(next(iter(SAMPLES.values())), brand, file.language, False)
            self._problems += check.misspelt(check.passage(file.path, *below), self._text, known)
        return head

    def _compile(self, file: _File, head: Head, brand: Brand, only_number: bool) -> _Compiled | None:
        layouts = self._layout_pair(head.layout, brand, Problem(file.path, head.layout_line, 1, ""))
        footer = self._footer(file, head)
        make = cache(lambda: self._parts(file, head, footer, layouts))
        if not self._is_as_packaged(file, head, only_number):
            samples = {told: _seen(each, brand, file.language, only_number) for told, each in SAMPLES.items()}
            problems = self._mistakes(file, head, footer, make, samples)
            if problems:
                mend = "a neutral template sees ticket.number, ticket.tag, queue, site, brand and now alone (R32)"
                self._problems += [replace(each, mend=mend) for each in problems] if only_number else problems
                return None
        return _Compiled(file.language, head.kind, head.neutral, only_number, make)

    def _mistakes(
        self,
        file: _File,
        head: Head,
        footer: check.Passage | None,
        make: Callable[[], _Parts],
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

    def _parts(self, file: _File, head: Head, footer: check.Passage | None, layouts: tuple[str, str]) -> _Parts:
        """Compiled with the layouts. Raises FilesRejected with one problem where the pieces do not fit together."""
        below = f"\n\n{footer.source}" if footer else ""
        text, html = self._of_markdown(file, head.body + below)
        if file.text or file.html:
            text_below, html_below = self._of_markdown(file, below)
            text = "\n\n".join(filter(None, (file.text.source, text_below))) if file.text else text
            html = f"{file.html.source}\n{html_below}" if file.html else html
        try:
            return _Parts(
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
        samples = {told: _seen(each, brand, DEFAULT_LANGUAGE, only_number=True) for told, each in SAMPLES.items()}
        problems = check.mistakes(check.passage(str(path), _CONTENT.sub("", source), 1), sandbox, samples)
        problems += check.fetching(check.passage(str(path), source, 1))
        self._problems += problems
        return "{{ content }}" if problems else source

    def _first(self, name: str) -> Path | None:
        return next((each / name for each in self._directories if (each / name).is_file()), None)

    def _read(self, path: Path) -> str | None:
        try:
            source = path.read_text("utf-8-sig")
        except (OSError, UnicodeError) as error:
            self._problem(str(path), f"cannot be read: {error}", "write it as UTF-8")
            return None
        self._sources[str(path)] = source
        return source

    def _problem(self, path: str, message: str, mend: str) -> None:
        self._problems.append(Problem(path, 0, 0, message, mend=mend))
