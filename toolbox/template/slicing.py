"""Taking out of the tests those about one thing, and whatever served only them.

A unit goes that mentions the thing, or needs a name that went with another: a helper, a constant, a
fixture, something of the service. Then goes what was needed before and is not any more. What stays
is as it was written; imports that nothing uses are the linter's to remove.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from toolbox.template.changes import drop_statements
from toolbox.template.imports import Imports
from toolbox.template.units import Module, Unit

# What pytest finds by itself.
FOUND_BY_PYTEST = re.compile(r"pytest_\w+|pytestmark|pytest_plugins")


class Slice:
    """The modules under some parts of a tree, and what of them goes."""

    def __init__(self, folder: Path, parts: Iterable[str], mention: re.Pattern[str]) -> None:
        """Read the modules of the tree in a folder, whose other rules were applied."""
        paths = sorted(path for part in parts for path in (folder / part).rglob("*.py"))
        read = [Module.read(path, folder, mention) for path in paths]
        self.modules = {module.name: module for module in read}
        self.imports = Imports(folder)
        self.gone: set[Unit] = set()
        self._served = self._needed()

    def take_out(self) -> None:
        """Write the modules without what goes, and remove those that have nothing left."""
        self._let_go()
        while unneeded := self._served - self.gone - self._needed():
            self.gone |= unneeded
            self._let_go()
        for module in self.modules.values():
            self._write(module)

    def _let_go(self) -> None:
        """Let go what mentions the thing, or needs what went, until nothing more does."""
        while more := {
            unit
            for module in self.modules.values()
            for unit in module.units
            if unit not in self.gone and self._goes(unit, module)
        }:
            self.gone |= more

    def _goes(self, unit: Unit, module: Module) -> bool:
        if unit.is_import:
            return False
        if unit.within in self.gone or unit.speaks:
            return True
        if unit.members:
            had_tests = [each for each in unit.members if each.is_test]
            return bool(had_tests) and self.gone.issuperset(had_tests)
        return any(self._is_gone(name, module) for name in unit.uses)

    def _is_gone(self, name: str, module: Module) -> bool:
        """Tell whether a name, as a module uses it, leads to nothing any more."""
        for place in (module, *self._conftests(module)):
            if given := place.giving(name):
                return all(self._leads_nowhere(unit, name) for unit in given)
        return False

    def _leads_nowhere(self, unit: Unit, name: str) -> bool:
        if not unit.is_import:
            return unit in self.gone
        source, original = self.imports.origin(unit.node, name)
        if (module := self.modules.get(source)) and (given := module.giving(original)):
            return all(self._leads_nowhere(each, original) for each in given)
        return self.imports.is_missing(source, original)

    def _conftests(self, module: Module) -> list[Module]:
        """Return the modules whose fixtures a module has, the nearest first."""
        parts = module.name.split(".")[:-1]
        names = (".".join([*parts[:length], "conftest"]) for length in range(len(parts), 0, -1))
        return [self.modules[name] for name in names if name in self.modules]

    def _needed(self) -> set[Unit]:
        """Return what is a test or serves one, directly or not."""
        found: set[Unit] = set()
        waiting = [
            (unit, module)
            for module in self.modules.values()
            for unit in module.units
            if unit not in self.gone and _is_root(unit)
        ]
        while waiting:
            unit, module = waiting.pop()
            if unit in found:
                continue
            found.add(unit)
            if unit.is_import:
                continue  # of what it brings, each name is asked for by itself
            for name in unit.uses:
                waiting += self._giving(name, module)
            waiting += [(each, module) for each in [unit.within, *unit.helpers] if each]
        return found

    def _giving(self, name: str, module: Module) -> list[tuple[Unit, Module]]:
        for place in (module, *self._conftests(module)):
            if given := place.giving(name):
                found = [(unit, place) for unit in given]
                for unit in given:
                    if unit.is_import:
                        source, original = self.imports.origin(unit.node, name)
                        if source in self.modules:
                            found += self._giving(original, self.modules[source])
                return found
        return []

    def _write(self, module: Module) -> None:
        gone = [unit for unit in module.units if unit in self.gone]
        if not gone:
            return
        left = [unit for unit in module.units if unit not in self.gone and not unit.is_import]
        is_of_tests = module.path.name.startswith("test_")
        if not left or (is_of_tests and not any(unit.is_test for unit in left)):
            module.path.unlink()
            return
        outermost = [unit.node for unit in gone if unit.within not in self.gone]
        module.path.write_text(drop_statements(module.source, outermost), encoding="utf-8")


def _is_root(unit: Unit) -> bool:
    """Whether pytest runs a unit, or it has no name by which another could ask for it."""
    by_pytest = any(FOUND_BY_PYTEST.fullmatch(name) for name in unit.defines)
    return unit.is_test or not unit.defines or by_pytest or unit.is_autouse
