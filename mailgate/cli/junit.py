"""Results of rule tests in the XML that build servers read: a testsuite a file, a testcase a test."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from mailgate.cli.tested import explanation
from mailgate.errors import CannotStart
from mailgate.service.rule_tests import Result

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def write_junit(path: Path, results: Sequence[Result]) -> None:
    """Raises CannotStart where the file cannot be written."""
    document = ET.ElementTree(_suites(results))
    ET.indent(document)
    try:
        document.write(path, "utf-8", xml_declaration=True)
    except OSError as error:
        raise CannotStart(f"cannot write {path}: {error.strerror}") from None


def _suites(results: Sequence[Result]) -> ET.Element:
    top = ET.Element("testsuites", _counts(results))
    for file, mine in groupby(results, key=lambda each: each.scenario.file):
        group = list(mine)
        suite = ET.SubElement(top, "testsuite", {"name": _clean(file), **_counts(group)})
        for each in group:
            suite.append(_case(each))
    return top


def _counts(results: Iterable[Result]) -> dict[str, str]:
    found = list(results)
    failed = sum(each.failed is not None for each in found)
    seconds = sum(each.seconds for each in found)
    return {"tests": str(len(found)), "failures": str(failed), "errors": "0", "time": f"{seconds:.3f}"}


def _case(result: Result) -> ET.Element:
    scenario = result.scenario
    told = {"name": _clean(scenario.name), "classname": _clean(Path(scenario.file).name)}
    told |= {"file": _clean(scenario.file), "line": str(scenario.mark.line), "time": f"{result.seconds:.3f}"}
    case = ET.Element("testcase", told)
    if result.failed is not None:
        lines = [_clean(line) for line in explanation(result.failed)]
        failure = ET.SubElement(case, "failure", {"message": lines[0].strip() if lines else ""})
        failure.text = "\n".join(lines)
    return case


def _clean(text: str) -> str:
    return _NOT_XML.sub("?", text)
