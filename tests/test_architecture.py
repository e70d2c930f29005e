"""The tree tells the truth: what the folders and file names promise, checked."""

import ast
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ["lms", "courses", "content", "certificates"]
MODULES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
WRITES = {"create", "save", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "update"}
TOP_LEVEL = {"lms", "courses", "content", "certificates", "locale", "tests", ".ci"}
NO_MODULE = {"utils", "helpers", "common", "core", "services", "managers", "lib", "base", "misc"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def writing_calls(path: Path):
    """Calls that write rows, `form.save()` and plain dictionaries' `update` left out."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            owner = ast.unparse(node.func.value)
            if owner != "form" and not (node.func.attr == "update" and "objects" not in owner):
                yield f"{owner}.{node.func.attr}"


def may_write(path: Path) -> bool:
    return path.stem.endswith("ing") or "models" in path.parts or path.stem == "models"


def faults(found: Callable[[Path], object]) -> dict[str, object]:
    """What was found wrong, by module."""
    return {name(path): wrong for path in MODULES if (wrong := found(path))}


def functions_of(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef)]


def test_only_ing_modules_write():
    assert faults(lambda path: not may_write(path) and list(writing_calls(path))) == {}


def test_a_module_fits_on_a_few_screens():
    assert faults(lambda path: len(path.read_text().splitlines()) > 400) == {}


def test_a_function_fits_on_one():
    assert faults(lambda path: [node.name for node in functions_of(path) if node.end_lineno - node.lineno > 60]) == {}


def test_nothing_is_imported_inside_a_function():
    def inside(path: Path) -> list[str]:
        functions = functions_of(path) if path.name != "apps.py" else []
        return [
            ast.unparse(inner) for node in functions for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)
        ]

    assert faults(inside) == {}
    assert len(MODULES) > 400


def test_no_module_is_named_after_nothing():
    assert [name(path) for path in MODULES if path.stem in NO_MODULE] == []


def test_the_top_level_is_the_owners():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")

    assert {path.split("/")[0] for path in tracked if "/" in path} <= TOP_LEVEL


def test_templates_are_short():
    templates = [path for app in APPS for path in (ROOT / app).rglob("*.html")]

    assert [name(path) for path in templates if len(path.read_text().splitlines()) > 150] == []


def test_imports_go_downwards():
    command = [str(Path(sys.executable).parent / "lint-imports"), "--config", "pyproject.toml", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout
