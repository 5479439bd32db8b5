"""What each action refuses, by code, read from the code: python tools/refusals.py [--write | --check]

An action's docstring ends with a paragraph "Refuses: …". It is written from here: what the action, the functions it calls and the rules it asks
refuse by name; what it refuses through another action is that action's. `--check` fails where a docstring says something else.
"""

import ast
import re
import sys
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("reporting", "money", "placements", "recruitment", "council")
WIDTH = 150
FACTS = re.compile("_?(facts|need)_")  # what reads facts refuses nothing
SIGHTS = {"version", "steps", "seen", "taken"}


class Module:
    """A file: its functions, what its names stand for, and the tables of verbs its rules have."""

    def __init__(self, name: str, path: Path):
        self.name, self.path, self.text = name, path, path.read_text()
        tree = ast.parse(self.text)
        self.functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self.names: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                self.names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        self.asked: dict[str, str] = {}
        for node in tree.body:
            value = node.value if isinstance(node, ast.AnnAssign | ast.Assign) else None
            target = node.target if isinstance(node, ast.AnnAssign) else None
            if isinstance(target, ast.Name) and target.id == "ASKED" and isinstance(value, ast.Dict):
                pairs = zip(value.keys, value.values, strict=True)
                self.asked = {ast.literal_eval(key): ast.unparse(verb).partition("(")[0] for key, verb in pairs if key}


@cache
def modules() -> dict[str, Module]:
    found = {}
    for room in ROOMS:
        for path in (PROJECT / room).rglob("*.py"):
            if "migrations" not in path.parts:
                name = ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
                found[name] = Module(name, path)
    return found


def is_action(function: ast.FunctionDef) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "action" for one in function.decorator_list)


def where(module: Module, called: ast.expr) -> tuple[Module, str] | None:
    """The function of ours that is called, and the file it stands in."""
    written = ast.unparse(called)
    if written in module.functions:
        return module, written
    first, _, rest = written.partition(".")
    full = module.names.get(first, "")
    full = f"{full}.{rest}" if rest else full
    home, _, name = full.rpartition(".")
    found = modules().get(home)
    return (found, name) if found and name in found.functions else None


@cache
def refused_by(module_name: str, name: str) -> tuple[frozenset[str], frozenset[str]]:
    """(codes, actions whose refusals are its own too)"""
    module, codes, others = modules()[module_name], set(), set()
    seen = {(module_name, name)}
    waiting = [(module, module.functions[name])]
    while waiting:
        here, function = waiting.pop()
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and node.attr == "unconfirmed":
                codes.add("emergency_not_confirmed")  # a refusal that the facts bring with them
            if not isinstance(node, ast.Call) or FACTS.match(ast.unparse(node.func).rpartition(".")[2]):
                continue
            called, first = ast.unparse(node.func), node.args[0] if node.args else None
            literal = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
            if called in {"refuse", "Refusal"} and literal:
                codes.add(literal)
            elif called == "refuse_changed":
                codes.add("changed_meanwhile")
            elif found := where(here, node.func):
                home, target = found
                if (home.name, target) in seen:
                    continue
                if literal and literal in home.asked:
                    rule = home.asked[literal]
                    if (home.name, rule) not in seen:
                        seen.add((home.name, rule))
                        waiting.append((home, home.functions[rule]))
                seen.add((home.name, target))
                if is_action(home.functions[target]):
                    others.add(target)
                else:
                    waiting.append((home, home.functions[target]))
    if not SIGHTS & {one.arg for one in module.functions[name].args.kwonlyargs}:
        codes.discard("changed_meanwhile")  # it does not say on which sight of the row it was decided
    return frozenset(codes), frozenset(others)


def sentence(module: Module, name: str) -> str:
    """The paragraph for an action's docstring; "" where it refuses nothing by name."""
    codes, others = refused_by(module.name, name)
    words = ", ".join(sorted(codes))
    if others:
        words += f"{'; ' if words else ''}what {' and '.join(f'`{one}`' for one in sorted(others))} refuse{'s' if len(others) == 1 else ''}"
    return f"Refuses: {words}." if words else ""


def wrapped(text: str, indent: str) -> str:
    lines, line = [], indent
    for word in text.split(" "):
        if len(line) + len(word) > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = indent
        line += f"{word} "
    return "\n".join([*lines, line.rstrip()])


def with_refusals(docstring: str, said: str) -> str:
    """A docstring with its paragraph in place of the one it had."""
    body = re.sub(r"\n\n    Refuses: .*?(?=\n\n|\Z)", "", docstring.rstrip(), flags=re.S)
    return f"{body}\n\n{wrapped(said, '    ')}\n    " if said else body


def changed(module: Module) -> str:
    """The file's text with every action's docstring as it should be."""
    lines = module.text.splitlines(keepends=True)
    for name, function in reversed(module.functions.items()):
        first = function.body[0]
        if not is_action(function) or not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
            continue
        old = str(first.value.value)
        new = with_refusals(old, sentence(module, name))
        if " ".join(new.split()) != " ".join(old.split()):
            lines[first.lineno - 1 : first.end_lineno] = [f'    """{new}"""\n']
    return "".join(lines)


def main() -> int:
    wrong = 0
    for module in modules().values():
        text = changed(module)
        if text != module.text:
            wrong += 1
            if "--write" in sys.argv:
                module.path.write_text(text)
            else:
                print(
                    f"{module.path.relative_to(PROJECT)}: an action says something else than it refuses; run tools/refusals.py --write"
                )
    if "--check" not in sys.argv and "--write" not in sys.argv:
        for module in modules().values():
            for name, function in module.functions.items():
                if is_action(function):
                    print(
                        f"{module.name}.{name}\n{wrapped(sentence(module, name) or 'Refuses nothing by name.', '    ')}"
                    )
    return 1 if wrong and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
