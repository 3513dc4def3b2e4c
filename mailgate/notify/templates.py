"""The templates of the desk: one Markdown source each, compiled once into the parts of a mail (spec/rules.md 2).

    templates/_layout.html.j2  _layout.txt.j2  _plain.html.j2  _plain.txt.j2  _brand.toml
              en/received.md  en/_ticket.md  es/received.md ...
              en/received.html.j2  en/received.txt.j2     what stands in the frame instead of what Markdown makes

`Templates.load` reads them all and proves those that are not as they come with mailgate, whose own tests prove the
others: they are compiled when first needed. A mail then costs three short Jinja renders. A template's language falls
back to the site's, to `en`, then to the packaged templates. Loading fails with FilesRejected, every mistake at once;
rendering with TemplateFailed.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from mailgate.errors import FilesRejected, MailgateError
from mailgate.notify.brand import Brand
from mailgate.notify.compiled import DEFAULT_LANGUAGE, Compiled, Key, seen
from mailgate.notify.rendered import Kind, Rendered
from mailgate.notify.sandbox import finished
from mailgate.notify.scrub import scrub_line
from mailgate.notify.template_reader import TemplateReader
from mailgate.notify.variables import Variables
from mailgate.rules.expression import ExpressionFailed


class TemplateFailed(MailgateError):
    """A template that passed its checks could not be rendered with the values of a mail."""


class Templates:
    """One immutable set; make it with `load`."""

    def __init__(self, compiled: Mapping[str, Mapping[Key, Compiled]], brand: Brand) -> None:
        self._compiled = compiled
        self._brand = brand

    @classmethod
    def load(cls, directory: Path, packaged: Path | None = None, prove_all: bool = False) -> "Templates":
        """Read `directory`; what it lacks comes from `packaged`. Raises FilesRejected.

        `prove_all`: what is the same in both is proven, too.
        """
        return cls(*TemplateReader(directory, packaged, prove_all).read())

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
        values = seen(variables, self._brand, found.language, found.sees_only_number)
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

    def _find(self, name: str, language: str, site_language: str = DEFAULT_LANGUAGE) -> Compiled:
        """By the whole tag, its primary subtag, the site's language, English; of one's own, then of the packaged ones;
        whatever there is."""
        forms = self._compiled[name]
        family, site_family = (each.partition("-")[0].lower() for each in (language, site_language))
        for packaged in (False, True):
            for wanted in (language, family, site_language, site_family, DEFAULT_LANGUAGE):
                if (packaged, wanted) in forms:
                    return forms[packaged, wanted]
        return forms[min(forms)]
