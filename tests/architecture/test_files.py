"""Every file opens with its purpose, stays short, and names no machine."""

from __future__ import annotations

import re

from tests.architecture import tree

MACHINE = re.compile(r"(?<![\w.:/-])/(?:work|root|tmp/(?:team|door)|home/(?!paomadeng|kiosk|signage)\w+|Users)/")
REGISTRIES = [
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("debian", "org"))
]
JS_CLOCKS = re.compile(r"\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(\)")
# The desk's own clock; then the uptime of a page and a round trip: spans, not instants, on which no programme hangs.
ALSO_READ_THE_CLOCK = {"server/web/src/lib/time.js", "players/screen/main.js", "server/web/src/lib/call.js"}
LONGEST = 400
LISTS = "server/migrations/versions/"  # a migration is a list of tables, frozen the day it was written


def test_nothing_tracked_is_a_link_which_leads_elsewhere_on_another_machine() -> None:
    assert tree.links() == ()


def test_every_python_module_opens_with_a_sentence_that_says_what_it_is_for() -> None:
    heads = {module.path: module.docstring.split("\n")[0] for module in tree.modules() if not module.empty}
    assert [name for name, head in heads.items() if not head.endswith((".", ".)", ":", "`"))] == []


def test_every_javascript_module_opens_with_a_sentence_that_says_what_it_is_for() -> None:
    assert [name for name, text in tree.texts(".js", ".mjs") if not text.startswith(("/** ", "/**\n", "// "))] == []


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    lengths = {name: text.count("\n") for name, text in tree.texts(".py", ".js", ".mjs", ".html")}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST and not name.startswith(LISTS)} == {}


def test_nine_functions_of_ten_fit_in_thirty_lines() -> None:
    lengths = [length for module in tree.modules() for length in module.lengths]
    assert sum(length <= 30 for length in lengths) >= 0.9 * len(lengths)


def test_no_file_names_a_machine_it_was_written_on() -> None:
    found = {name: MACHINE.findall(text) for name, text in tree.texts()}
    assert {name: paths for name, paths in found.items() if paths} == {}


def test_no_file_names_a_package_registry() -> None:
    assert [name for name, text in tree.texts() if any(host in text for host in REGISTRIES)] == []


def test_only_a_clock_module_reads_the_clock_in_javascript() -> None:
    sources = tree.texts(".js", ".mjs")
    asked = {
        name for name, text in sources if JS_CLOCKS.search(without_comments(text)) and not name.startswith("tests/")
    }
    assert {name for name in asked if not name.endswith("clock.js")} - ALSO_READ_THE_CLOCK == set()


def without_comments(text: str) -> str:
    """Return JavaScript less its comments; crude, and enough for a search."""
    return re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", text, flags=re.DOTALL)


def test_nothing_is_left_to_do_in_a_comment() -> None:
    mark = re.compile("TO" + "DO|FIX" + "ME|XX" + "X")
    assert [name for name, text in tree.texts(".py", ".js", ".mjs", ".css", ".html") if mark.search(text)] == []
