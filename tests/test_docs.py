"""What the documents name is there, and what is there is named."""

import ast
import re
import subprocess
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import Resolver404, resolve

ROOT = Path(__file__).resolve().parent.parent
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")[:-1]
DOCUMENTS = sorted(path for path in TRACKED if path.endswith(".md") and (ROOT / path).exists())
SUFFIXES = (".py", ".md", ".toml", ".sh", ".html", ".css", ".csv", ".yaml", ".json")
VENDORED = ["lms/static/vendor", "certificates/fonts"]


def read(path: str) -> str:
    return (ROOT / path).read_text()


def said(document: str) -> list[str]:
    """What stands as code in a document: in backticks, and line by line in blocks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", read(document), re.M | re.S)
    prose = re.sub(r"^```.*?^```", "", read(document), flags=re.M | re.S)
    return [*re.findall(r"`([^`\n]+)`", prose), *(line.strip() for block in blocks for line in block.split("\n"))]


def test_the_readme_is_short():
    assert len(read("README.md").splitlines()) <= 150


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_make_target_it_names_is_there(document):
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.M))

    named = {name for code in said(document) for name in re.findall(r"\bmake ([a-z-]+)", code)}
    assert named - targets == set()


def test_each_make_target_with_an_explanation_is_in_the_readme_or_called_by_help():
    explained = set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.M))

    done = subprocess.run(["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {line.split()[1] for line in done.stdout.splitlines()} == explained


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_command_it_names_is_there_with_its_options(document):
    commands = get_commands()
    wrong = []
    for line in said(document):
        for name, rest in re.findall(r"\bmanage\.py (\w+)([^#;&|]*)", line):
            if name not in commands:
                wrong.append(name)
                continue
            app = commands[name]
            parser = (load_command_class(app, name) if isinstance(app, str) else app).create_parser("manage.py", name)
            wrong += [option for option in re.findall(r"(?<=\s)--[\w-]+", rest) if option not in parser._option_string_actions]

    assert wrong == []


def variables_of_settings() -> set[str]:
    """The names that settings.py asks of the environment."""
    calls = [node for node in ast.walk(ast.parse(read("lms/settings.py"))) if isinstance(node, ast.Call)]
    named = {call.args[0] for call in calls if re.fullmatch(r"env\.\w+", ast.unparse(call.func))}
    return {argument.value for argument in named if isinstance(argument, ast.Constant)}  # a path names no variable


def variables_of_scripts() -> set[str]:
    scripts = ["Makefile", *(path for path in TRACKED if path.startswith(".ci/")), "tests/postgres.sh"]
    found = {name for path in scripts for name in re.findall(r"\b[A-Z][A-Z_]{2,}\b", read(path))}
    return found | {name for path in TRACKED if path.startswith("tests/") for name in asked_for(path)}


def asked_for(path: str) -> list[str]:
    if not path.endswith(".py"):
        return []
    return re.findall(r"os\.environ(?:\.get\(|\[)\"([A-Z_]+)\"", read(path))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_variable_it_names_is_asked_for_somewhere(document):
    known = variables_of_settings()
    known |= {f"{name}_FILE" for name in known} | {"NAME_FILE"} | variables_of_scripts()

    named = {code.partition("=")[0] for code in said(document) if re.fullmatch(r"[A-Z][A-Z_]{2,}(=.*)?", code)}
    assert named - known == set()


def test_each_variable_of_the_settings_is_in_the_table_of_the_readme():
    rows = re.findall(r"^\| (`[A-Z].*?) \|", read("README.md"), re.M)

    assert {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)} == variables_of_settings()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_path_it_names_is_there(document):
    top = {path.split("/")[0] for path in TRACKED}
    names = {Path(path).name for path in TRACKED}
    folder = (ROOT / document).parent
    wrong = []
    for code in said(document):
        path = code.partition("::")[0]
        if not re.fullmatch(r"[\w./*-]+", path) or path.startswith(("/", "-", "*")):
            continue
        if "/" in path and path.split("/")[0] in top - {"var"}:
            found = list(ROOT.glob(path)) or list(folder.glob(path))
        elif path.endswith(SUFFIXES) and "/" not in path:
            found = [name for name in names if fnmatch(name, path)] or list(folder.glob(path))
        else:
            continue
        if not found:
            wrong.append(code)

    assert wrong == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_test_it_names_is_there(document):
    """A file may be named without its folder, as long as there is one of this name."""
    named = {code for code in said(document) if re.fullmatch(r"[\w./-]+\.py::\w+", code)}
    wrong = []
    for code in named:
        path, _, test = code.partition("::")
        files = [tracked for tracked in TRACKED if f"/{tracked}".endswith(f"/{path}")]
        if len(files) != 1 or not re.search(rf"^ *def {test}\(", read(files[0]), re.M):
            wrong.append(code)

    assert wrong == []


@pytest.mark.parametrize(("letters", "last"), [("A-Z", 120), ("", 19)])
def test_each_line_of_the_standard_stands_once_in_the_table_of_the_store(letters, last):
    """Lines have a letter and a number, differences a number alone."""
    letter = f"[{letters}]" if letters else ""
    rows = re.findall(rf"^\| {letter}(\d+)(?:–{letter}(\d+))? \|.*`(?:\w+/)*test_\w+\.py", read("lms/xapi/README.md"), re.M)

    assert [number for first, end in rows for number in range(int(first), int(end or first) + 1)] == list(range(1, last + 1))


def test_each_module_of_the_store_is_in_its_readme():
    modules = {path.stem for path in (ROOT / "lms/xapi").glob("*.py")} - {"__init__"}

    assert modules - {Path(code).stem for code in said("lms/xapi/README.md")} == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_module_it_names_is_there(document):
    named = {
        code.partition("(")[0]
        for code in said(document)
        if re.fullmatch(r"(lms|courses|content|certificates)(\.\w+)+(\(\))?", code)
    }

    assert {name for name in named if not is_there(name)} == set()


def is_there(dotted: str) -> bool:
    """A module, something in one, or the number of a check."""
    if re.fullmatch(r"lms\.[EW]\d+", dotted):
        return f'"{dotted}"' in read("lms/checks.py")
    path = ROOT / dotted.replace(".", "/")
    module, _, name = dotted.rpartition(".")
    return path.is_dir() or path.with_suffix(".py").exists() or hasattr(import_module(module), name)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_address_it_names_leads_somewhere(document):
    addresses = {code for code in said(document) if re.fullmatch(r"/[a-z/]*", code)}

    wrong = []
    for address in addresses:
        try:
            resolve(address)
        except Resolver404:
            wrong.append(address)
    assert wrong == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_link_and_picture_leads_somewhere(document):
    links = re.findall(r"\]\(([^)#\s]+)\)", read(document))

    assert [link for link in links if "://" not in link and not ((ROOT / document).parent / link).exists()] == []


# Put together here, so that this file holds none of them.
REGISTRIES = re.compile(r"py[p]i\.org|python[h]osted\.org|np[m]js\.(org|com)")
FOLDERS_OF_SOMEBODY = re.compile(r"(?<![\w.}\])*-])/(wor[k]|hom[e]|roo[t])(/|\b(?!\w))")


def test_no_file_names_a_registry_or_a_folder_of_somebodys_machine():
    found = []
    for path in TRACKED:
        try:
            lines = read(path).splitlines()
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # a picture or a font, or a file that is being taken away
        found += [f"{path}: {line[:120]}" for line in lines if REGISTRIES.search(line) or FOLDERS_OF_SOMEBODY.search(line)]

    assert found == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_holds_versions_and_hashes_and_no_address(lock):
    lines = read(lock).splitlines()

    assert [line for line in lines if "://" in line] == []
    requirements = [line for line in lines if re.match(r"\w", line)]
    assert [line for line in requirements if "==" not in line] == []
    assert sum("--hash=sha256:" in line for line in lines) >= len(requirements) > 20


def test_vendored_folders_are_the_listed_ones():
    folders = {path.partition("/vendor/")[0] + "/vendor" for path in TRACKED if "/vendor/" in path}
    folders |= {path.partition("/fonts/")[0] + "/fonts" for path in TRACKED if "/fonts/" in path and "/vendor/" not in path}

    assert folders == set(VENDORED)


@pytest.mark.parametrize("folder", VENDORED)
def test_each_vendored_file_has_name_version_and_licence(folder):
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in read(f"{folder}/README.md").splitlines() if "|" in line
    ]
    rows = rows[2:]  # after the head
    files = [path.removeprefix(f"{folder}/") for path in TRACKED if path.startswith(f"{folder}/")]
    licences = {name for row in rows for name in re.findall(r"`([^`]+)`", row[2])}
    patterns = [name for row in rows for name in re.findall(r"`([^`]+)`", row[0])]

    assert [
        name for name in files if name != "README.md" and not any(fnmatch(name, known) for known in {*patterns, *licences})
    ] == []
    assert [known for known in {*patterns, *licences} if not any(fnmatch(name, known) for name in files)] == []
    assert [row for row in rows if not re.search(r"\d+\.\d+", row[1]) or not row[2]] == []
