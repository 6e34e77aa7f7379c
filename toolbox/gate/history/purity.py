"""What a revision depends on besides the database: it must do the same on any day, anywhere."""

import ast
import importlib.util
import re
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from toolbox.gate.finding import Finding
from toolbox.gate.history.names import calls, dotted, imports
from toolbox.gate.history.sources import Source, fault

# By the full names of what is called, or of attributes that are read.
IMPURE = {
    "the clock": r"(datetime\.)?(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns|localtime|"
    r"gmtime|strftime|monotonic|ctime)|calendar\.timegm|(pendulum|arrow)\.(now|utcnow|today)",
    "chance": r"random\.(?!Random$|seed$)\w+|secrets\.\w+|uuid\.uuid[1467]|os\.urandom|"
    r"random\.SystemRandom|(faker|factory)\..*",
    "the environment": r"os\.(getenv|environ\b.*|environb\b.*|uname|getlogin|getpid|getcwd)|"
    r"(platform|socket|getpass)\.\w+|locale\.(getlocale|localeconv)|"
    r"alembic\.context\.get_x_argument|sys\.(argv|platform)",
    "files": r"open|io\.open|.*\.(read_text|read_bytes)|pathlib\.Path(\(\))?\.open|"
    r"os\.(listdir|walk|scandir|stat)|glob\.i?glob|importlib\.resources\..*|"
    r"pkgutil\.get_data|csv\.reader",
    "the network": r"(requests|httpx|httpx2|urllib\d?|http\.client|boto3|aiohttp|socket)\..*",
    "other programs": r"subprocess\..*|os\.(system|popen|exec\w+|spawn\w+)",
    "the hash seed": r"hash",
}
PATTERNS = {what: re.compile(f"(?:{pattern})$") for what, pattern in IMPURE.items()}


def check(sources: list[Source], root: Path) -> list[Finding]:
    """Return what the revisions depend on that changes, or will.

    Args:
        sources: the revisions.
        root: the project's folder, whose modules are its app's.
    """
    findings = []
    for source in sources:
        known = imports(source.tree)
        findings += [*_impure(source, known), *_of_the_app(source, root, known)]
    return findings


def _impure(source: Source, known: dict[str, str]) -> Iterator[Finding]:
    told: set[str] = set()
    seeded = any(name == "random.seed" for name, _ in calls(source.tree, known))
    for name, line in _uses(source.tree, known):
        for what, pattern in PATTERNS.items():
            if not pattern.match(name) or what in told or (what == "chance" and seeded):
                continue
            told.add(what)
            message = (
                f"It calls {name}: what it does depends on {what}, so it does something else "
                "tomorrow, or on another machine."
            )
            yield fault("impure-revision", what, message, source.place(line))


def _uses(tree: ast.Module, known: dict[str, str]) -> Iterator[tuple[str, int]]:
    for name, call in calls(tree, known):
        yield name, call.lineno
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            read = dotted(node, known)
            if read in {"os.environ", "os.environb", "sys.argv", "sys.platform"}:
                yield read, node.lineno


def _of_the_app(source: Source, root: Path, known: dict[str, str]) -> Iterator[Finding]:
    told: set[str] = set()
    for module, line in _imported(source.tree, known):
        if module in told or not _is_of(root, module, source.path):
            continue
        told.add(module)
        message = (
            f"It imports {module}, which goes on changing while this revision must not: what it "
            "creates or writes will one day be something else, or the import fails."
        )
        yield fault("imports-app", f"module {module}", message, source.place(line))


# Calls that import the module that they name.
IMPORTERS = {"importlib.import_module", "__import__"}


def _imported(tree: ast.Module, known: dict[str, str]) -> Iterator[tuple[str, int]]:
    for node in _but_for_types(tree):
        match node:
            case ast.Import(names=names):
                for each in names:
                    yield each.name, node.lineno
            case ast.ImportFrom(module=module, level=level):
                yield "." * level + (module or ""), node.lineno
            case ast.Call(args=[ast.Constant(value=str(module)), *_]) if (
                dotted(node.func, known) in IMPORTERS
            ):
                yield module, node.lineno


def _but_for_types(node: ast.AST) -> Iterator[ast.AST]:
    """Give all nodes but those under `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _but_for_types(child)


LIBRARIES = tuple({sysconfig.get_path(each) for each in ("stdlib", "purelib", "platlib")})


def _is_of(root: Path, module: str, file: Path) -> bool:
    """Tell whether a module is the project's own, and not a library."""
    if module.startswith("."):
        return True
    top = module.split(".", maxsplit=1)[0]
    if top in sys.stdlib_module_names or top in {"alembic", "sqlalchemy"}:
        return False
    for folder in (root, file.parent, *file.parents):
        if not folder.is_relative_to(root) and folder != root:
            break
        if (folder / top).is_dir() or (folder / f"{top}.py").is_file():
            return True
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return False
    places = [spec.origin or "", *(spec.submodule_search_locations or ())] if spec else []
    return any(place.startswith(str(root)) and not place.startswith(LIBRARIES) for place in places)
