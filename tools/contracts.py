"""What `lint-imports` holds beside the arrows between rooms: rules are pure wherever they lie, and no files import each other in a circle.

Rules are closed by default: a file in a folder `rules/` may import other rules, the modules named in `also` and what `outside` lists, and
nothing else. A new file there is held to this without being named anywhere.
"""

from typing import cast

from importlinter import Contract, ContractCheck, fields, output


class RulesArePure(Contract):
    type_name = "rules_are_pure"
    also = fields.ListField(subfield=fields.StringField())
    outside = fields.ListField(subfield=fields.StringField())

    def check(self, graph, verbose):
        also, outside = set(cast(list[str], self.also)), cast(list[str], self.outside)
        pure = {name for name in graph.modules if "rules" in name.split(".")[1:]} | also
        found = [f"{name} is named and does not exist" for name in sorted(also - graph.modules)]
        for name in sorted(pure & graph.modules):
            for other in sorted(graph.find_modules_directly_imported_by(name) - pure):
                if other.partition(".")[0] not in outside:
                    found.append(f"{name} imports {other}, which no rule may")
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check):
        for sentence in check.metadata["found"]:
            output.print_error(sentence, bold=False)


class ReadersWriteNothing(Contract):
    """What only shows imports nothing that changes something: no file that uses `@action`."""

    type_name = "readers_write_nothing"
    readers = fields.ListField(subfield=fields.StringField())

    def check(self, graph, verbose):
        readers = tuple(f"{one}." for one in cast(list[str], self.readers))
        writers = {"council.actions", *graph.find_modules_that_directly_import("council.actions")}
        found = []
        for name in sorted(one for one in graph.modules if f"{one}.".startswith(readers)):
            for other in sorted(graph.find_modules_directly_imported_by(name) & writers):
                found.append(f"{name} imports {other}, which changes something")
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check):
        for sentence in check.metadata["found"]:
            output.print_error(sentence, bold=False)


class NoCircles(Contract):
    """No file needs itself, however far round; circles of packages are not meant, those of files are."""

    type_name = "no_circles"

    def check(self, graph, verbose):
        ours = {name for name in graph.modules if not graph.is_module_squashed(name)}
        needs = {name: graph.find_modules_directly_imported_by(name) & ours for name in ours}
        circles = [sorted(one) for one in strongly_connected(needs) if len(one) > 1]
        return ContractCheck(kept=not circles, metadata={"found": sorted(circles)})

    def render_broken_contract(self, check):
        for circle in check.metadata["found"]:
            output.print_error(f"In a circle: {', '.join(circle)}", bold=False)


def strongly_connected(needs: dict[str, set[str]]) -> list[set[str]]:
    """The groups in which each reaches each other: what one reaches, cut with what reaches it."""
    needed_by: dict[str, set[str]] = {name: set() for name in needs}
    for name, others in needs.items():
        for other in others:
            needed_by[other].add(name)
    left, found = set(needs), []
    while left:
        start = next(iter(left))
        group = _reached(start, needs, left) & _reached(start, needed_by, left)
        found.append(group)
        left -= group
    return found


def _reached(start: str, edges: dict[str, set[str]], within: set[str]) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        new = (edges[waiting.pop()] & within) - seen
        seen |= new
        waiting += new
    return seen
