"""Every code of refusal is provoked by some test: collected across the workers, judged where all tests ran.

A code is what the sources name as the first word of a `refuse(…)` or a `Refusal(…)`. It counts as provoked when a refusal with it was
raised, by an action or a rule, wherever a test went. A run of some tests only is not judged.
"""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("council", "recruitment", "placements", "money", "reporting")
SAYS_NO = {"refuse", "Refusal"}
RAISED = pytest.StashKey[set]()
MISSING = pytest.StashKey[dict]()


def codes_of_the_sources() -> dict[str, str]:
    """Code → where it is said first."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in SAYS_NO and node.args:
                    code = node.args[0]
                    if isinstance(code, ast.Constant):
                        found.setdefault(code.value, f"{path.relative_to(PROJECT)}:{node.lineno}")
    return found


def pytest_configure(config):
    config.stash[RAISED] = set()
    config.stash[MISSING] = {}


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session):
    """Note each code as it is raised. Django's set-up comes first."""
    from council.errors import RuleViolation

    raised, begin = session.config.stash[RAISED], RuleViolation.__init__

    def noted(self, refusal, field=None):
        raised.add(refusal.code)
        begin(self, refusal, field)

    RuleViolation.__init__ = noted


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    """In the first process: what a worker has seen."""
    node.config.stash[RAISED].update(getattr(node, "workeroutput", {}).get("refusals", ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["refusals"] = sorted(config.stash[RAISED])
        return
    if not _is_whole(config):
        return
    missing = {code: at for code, at in codes_of_the_sources().items() if code not in config.stash[RAISED]}
    config.stash[MISSING] = missing
    if missing and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter, config):
    """Before pytest's own closing line."""
    if missing := config.stash[MISSING]:
        terminalreporter.section("codes of refusal that no test provoked", red=True)
        for code, at in sorted(missing.items()):
            terminalreporter.line(f"{code:32} {at}")


def _is_whole(config) -> bool:
    """Whether nothing was chosen or left out: the run that `make test` makes."""
    option = config.option
    return not (config.invocation_params.args and config.args_source.name == "ARGS") and not (
        option.keyword or option.markexpr or getattr(option, "lf", False) or option.maxfail or option.deselect
    )
