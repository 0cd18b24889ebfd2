"""What the text of a shell command uses: programs, absolute paths and environment variables.

The text is parsed with tree-sitter's grammar of Bash; what it does is not followed. Parts that are only known when the
step runs stand in the text as `VALUE`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

VALUE = "VALUE_OF_THE_RUN"
"""Stands for what is only known when the step runs."""

_WRAPPERS = {"sudo": 0, "env": 0, "exec": 0, "nohup": 0, "time": 0, "command": 0, "nice": 0, "xargs": 0, "timeout": 1}
"""Programs that run another one, and how many words of their own stand before it."""
_OPTIONS = {
    "sudo": frozenset({"-u", "-g", "-h", "-p", "-C", "-D", "-U"}),
    "env": frozenset({"-u", "-C"}),
    "nice": frozenset({"-n"}),
    "time": frozenset({"-f", "-o"}),
    "timeout": frozenset({"-s", "-k", "--signal", "--kill-after"}),
    "xargs": frozenset({"-I", "-n", "-P", "-L", "-d", "-a", "-s", "-E"}),
    "exec": frozenset({"-a"}),
}
"""Their options that take a word."""
_FOUND = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
_DEFAULTS = frozenset({":-", "-", ":=", "=", ":+", "+"})
"""Operators of `${name...}` that say what is meant when the variable is unset."""
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh"})
_REMOTE = frozenset({"ssh", "hdfs", "hadoop", "curl", "wget", "docker", "kubectl", "beeline", "hive"})
"""Programs whose words name paths of other machines."""
_INSTALLERS = frozenset({"apt-get", "apt", "apk", "pip", "pip3", "npm", "yum", "dnf", "microdnf", "conda", "uv"})
_SETTERS = frozenset({"read", "mapfile", "readarray", "getopts", "local", "declare", "typeset", "unset"})
_PATH = re.compile(r"(?:^|=)((?:/|~/)[^\s'\"`$*?{}()\[\]<>|;&:,]+)")
_LONGEST = 200_000


@dataclass(slots=True)
class ShellUse:
    """Each list in the order of the text, without repetitions. `computed`: some program is only known at run time."""

    programs: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)
    computed: bool = False


@dataclass(slots=True)
class _Seen:
    use: ShellUse
    own: set[str] = field(default_factory=set)
    made: list[str] = field(default_factory=list)
    installs: bool = False
    """It installs what nobody knows."""
    packages: list[str] = field(default_factory=list)
    """Packages that it installs by name."""


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def shell_use(script: str) -> ShellUse:
    """What a script uses that it does not define itself: functions, variables and folders that it makes are left out,
    and programs of packages that it has installed before."""
    seen = _Seen(ShellUse())
    _read(script[:_LONGEST], seen, 0)
    use = seen.use
    made = [folder.rstrip("/") for folder in seen.made]
    return ShellUse(
        _unique(name for name in use.programs if name not in seen.own),
        _unique(path for path in use.paths if not any(path == m or path.startswith(f"{m}/") for m in made)),
        _unique(name for name in use.variables if name.isidentifier() and name not in seen.own),
        use.computed,
    )


_RUNNERS = frozenset({"run", "call", "check_call", "check_output", "Popen", "system", "popen", "getoutput"})


def programs_of_code(source: str) -> list[str]:
    """Programs that Python code starts by `subprocess` or `os.system` with a constant command, without repetitions."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    names: list[str] = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in _RUNNERS or ast.unparse(node.func.value) not in ("subprocess", "os"):
            continue
        command = node.args[0]
        if isinstance(command, ast.List | ast.Tuple) and command.elts:
            command = command.elts[0]
        if isinstance(command, ast.Constant) and isinstance(command.value, str):
            names.extend(shell_use(command.value).programs)
    return _unique(names)


def _unique(names: Iterator[str] | list[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _read(script: str, seen: _Seen, depth: int) -> None:
    tree = _parser().parse(script.encode("utf-8", "replace"))
    for node in _preorder(tree.root_node):
        if node.type == "command":
            _command(node, seen, depth)
        elif node.type == "function_definition":
            seen.own.add(_text(node.child_by_field_name("name")))
        elif node.type == "variable_assignment":
            seen.own.add(_text(node.child_by_field_name("name")).partition("[")[0])
        elif node.type in ("for_statement", "select_statement"):
            seen.own.add(_text(node.child_by_field_name("variable")))
        elif node.type == "declaration_command":
            seen.own.update(_text(c) for c in node.named_children if c.type == "variable_name")
        elif node.type in ("simple_expansion", "expansion"):
            if any(child.type in _DEFAULTS for child in node.children):
                continue
            seen.use.variables.extend(_text(c) for c in node.named_children if c.type == "variable_name")
        elif node.type == "file_redirect":
            _paths([_text(node.child_by_field_name("destination"))], seen)


def _preorder(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.named_children))


def _command(node: Node, seen: _Seen, depth: int) -> None:
    words = [_plain(child) for child in node.children_by_field_name("argument")]
    name = _plain(node.child_by_field_name("name"))
    wrapper: str | None = name
    while wrapper is not None:
        name = wrapper
        _program(name, words, seen)
        wrapper, words = _wrapped(name, words) if name in _WRAPPERS else (None, words)
    if name == "find":
        for at, word in enumerate(words[:-1]):
            if word in _FOUND:
                _started(words[at + 1 :], seen, depth)
    if name in _SHELLS and "-c" in words[:-1] and depth < 5:
        _read(words[words.index("-c") + 1], seen, depth + 1)
    elif name not in _REMOTE:
        _paths(words, seen)


def _started(words: list[str], seen: _Seen, depth: int) -> None:
    """The program that another one is told to start, with its words."""
    name: str | None = words[0]
    words = words[1:]
    while name is not None:
        _program(name, words, seen)
        if name in _SHELLS and "-c" in words[:-1] and depth < 5:
            _read(words[words.index("-c") + 1], seen, depth + 1)
        name, words = _wrapped(name, words) if name in _WRAPPERS else (None, words)


def _program(name: str, words: list[str], seen: _Seen) -> None:
    if not name or VALUE in name or "$" in name:
        seen.use.computed = seen.use.computed or not seen.installs
    elif name.startswith(("/", "~")):
        _paths([name], seen)
    elif not seen.installs and not any(_brings(package, name) for package in seen.packages):
        seen.use.programs.append(name)
    if name in _INSTALLERS and {"install", "add"} & set(words):
        _install(words, seen)
    if name in _SETTERS:
        seen.own.update(word for word in words if word.isidentifier())
    if name == "mkdir":
        seen.made.extend(word for word in words if word.startswith("/"))


_BRINGS = {
    "postgresql-client": "psql pg_dump pg_restore createdb dropdb", "awscli": "aws", "build-essential": "gcc g++ make",
    "google-cloud-sdk": "gcloud gsutil bq", "google-cloud-cli": "gcloud gsutil bq", "azure-cli": "az",
    "mysql-client": "mysql mysqldump mysqlimport", "mariadb-client": "mysql mysqldump mariadb",
    "openssh-client": "ssh scp sftp ssh-keygen ssh-keyscan", "nodejs": "node npm npx", "procps": "ps top free",
    "default-jre": "java", "openjdk": "java javac", "dnsutils": "dig nslookup", "netcat": "nc", "p7zip": "7z 7za",
    "redis-tools": "redis-cli", "coreutils": "timeout date sort", "gnupg": "gpg", "inetutils": "ping telnet",
    "iputils": "ping", "poppler-utils": "pdftotext pdfinfo", "imagemagick": "convert identify",
}  # fmt: skip
"""What packages bring whose programs have other names; a package is named with or without what follows (`-17-jre`)."""


def _install(words: list[str], seen: _Seen) -> None:
    """Notes the packages that an installer is given; when some are not named, all programs may come with them."""
    at = max(words.index(w) for w in ("install", "add") if w in words)
    for word in words[at + 1 :]:
        if word in ("-r", "-e", "-c", ".") or VALUE in word or any(c in word for c in "$/*"):
            seen.installs = True
        elif not word.startswith("-"):
            seen.packages.append(word)
    if not seen.packages:
        seen.installs = True


def _brings(package: str, program: str) -> bool:
    """Whether a package may bring a program: by its name, or by the table."""
    base = re.split(r"[=<>~!@\[]", package.removeprefix("default-"))[0].lower()
    if any(base.startswith(known) and program in programs.split() for known, programs in _BRINGS.items()):
        return True
    plain = program.rstrip("0123456789.").lower()
    return bool(plain) and (base.startswith(plain) or plain.startswith(base) or plain in re.split(r"[-_.]", base))


def _wrapped(name: str, words: list[str]) -> tuple[str | None, list[str]]:
    """The program that a wrapper runs, and its words."""
    left = list(words)
    skipped = _WRAPPERS[name]
    while left:
        word = left.pop(0)
        if word.startswith("-"):
            if word in _OPTIONS.get(name, ()) and left:
                left.pop(0)
        elif "=" in word and name in ("env", "sudo"):
            continue
        elif skipped:
            skipped -= 1
        else:
            return word, left
    return None, []


def _paths(words: list[str], seen: _Seen) -> None:
    for word in words:
        seen.use.paths.extend(path.rstrip("/.") or "/" for path in _PATH.findall(word))


def _text(node: Node | None) -> str:
    return node.text.decode("utf-8", "replace") if node is not None and node.text is not None else ""


def _plain(node: Node | None) -> str:
    """The text of a word without its quotes."""
    text = _text(node)
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return text
