"""Reading source files for the house rules: C++ with comments and literals blanked out, scopes, and the file tree.

The blanked texts keep every line where it was, so that a finding can name its line.
"""

import re
import subprocess
from functools import cached_property
from pathlib import Path

_CXX_TOKENS = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      |(?P<include>^[ \t]*\#[ \t]*include[ \t]*["<][^">\n]*[">])
      |(?P<string>R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+')""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)

CXX_SUFFIXES = {".h", ".cpp"}
TEXT_SUFFIXES = {".h", ".cpp", ".py", ".sh", ".cmake", ".toml", ".md", ".txt", ".json", ".sql", ".csv", ".desktop",
                 ".svg", ".yml", ".yaml", ".html", ".css", ".js", ".fish", ".bash", ".zsh", ".1", ".golden", ""}


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def _strip(text, kinds):
    def replace(match):
        kind = match.lastgroup if match.lastgroup != "mark" else "string"
        return _blank(match.group()) if kind in kinds else match.group()

    return _CXX_TOKENS.sub(replace, text)


class SourceFile:
    """One file: its path from the root of the repository (with '/'), its text and views of it."""

    def __init__(self, path, text):
        self.path = path
        self.text = text

    @property
    def suffix(self):
        return Path(self.path).suffix

    @property
    def is_cxx(self):
        return self.suffix in CXX_SUFFIXES

    @property
    def is_text(self):
        return self.suffix in TEXT_SUFFIXES

    def below(self, *folders):
        """Whether the file lies in one of the folders, at any depth."""
        return any(self.path.startswith(folder.rstrip("/") + "/") for folder in folders)

    @cached_property
    def lines(self):
        return self.text.splitlines()

    @cached_property
    def code(self):
        """C++ without comments and without the insides of literals; include lines stay whole."""
        return _strip(self.text, {"comment", "string"}) if self.is_cxx else self.text

    @cached_property
    def code_and_strings(self):
        """C++ without comments."""
        return _strip(self.text, {"comment"}) if self.is_cxx else self.text

    @cached_property
    def includes(self):
        """(line number, path, is quoted) of every include."""
        found = []
        for number, line in enumerate(self.code.splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
            if match:
                found.append((number, match.group(2), match.group(1) == '"'))
        return found

    def find(self, pattern, text=None):
        """(line number, match) of every place in `text` (default: the code) where the pattern fits."""
        text = self.code if text is None else text
        for match in re.finditer(pattern, text, re.MULTILINE):
            yield text.count("\n", 0, match.start()) + 1, match

    @cached_property
    def waivers(self):
        """{rule name: lines it is waived on}, from `tidy:allow(rule): reason` on the same line or the one before."""
        waived = {}
        for number, line in enumerate(self.lines, 1):
            for rule in re.findall(r"tidy:allow\(([\w-]+)\): \S", line):
                waived.setdefault(rule, set()).update({number, number + 1})
        return waived


def namespace_scope_statements(code):
    """(line number, text) of every statement of C++ `code` that stands at namespace scope, bodies left out."""
    statements, start, depth_kinds, current = [], None, [], []
    line = 1
    for character in re.sub(r"^[ \t]*#(?:[^\n\\]|\\\n|\\.)*", lambda m: _blank(m.group()), code, flags=re.MULTILINE):
        if character == "\n":
            line += 1
        inside_body = any(kind != "namespace" for kind in depth_kinds)
        if character == "{":
            head = "".join(current).strip()
            opens_namespace = not inside_body and re.match(r"(inline\s+)?namespace\b|extern\s*$", head)
            depth_kinds.append("namespace" if opens_namespace else "body")
            if opens_namespace:
                start, current = None, []
            elif not inside_body:
                current.append("{")
        elif character == "}":
            kind = depth_kinds.pop() if depth_kinds else "namespace"
            if kind == "body" and not any(k != "namespace" for k in depth_kinds):
                head = "".join(current)
                current.append("}")
                # A function body ends its statement; a class, a braced initialiser and an enum end at the semicolon.
                if re.search(r"\)[^=;]*\{$", head.strip()) and not re.match(r"\s*(struct|class|union|enum)\b", head):
                    statements.append((start, "".join(current).strip()))
                    start, current = None, []
        elif not inside_body:
            if character == ";":
                statements.append((start or line, "".join(current).strip()))
                start, current = None, []
            else:
                if start is None and not character.isspace():
                    start = line
                current.append(character)
    return [(number, text) for number, text in statements if text]


class Tree:
    """All files of the repository that git tracks or would track."""

    def __init__(self, files, others=()):
        self.files = list(files)
        # Pictures and other binary files are not read, but pages may link to them.
        self.paths = {file.path for file in self.files} | set(others)
        self.folders = {parent.as_posix() for path in self.paths for parent in Path(path).parents}

    @staticmethod
    def read(root):
        root = Path(root)
        try:
            listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                    capture_output=True, check=True).stdout.decode().split("\0")
        except (OSError, subprocess.CalledProcessError):
            listed = [path.relative_to(root).as_posix() for path in root.rglob("*")]
            listed = [path for path in listed if not path.startswith(("build/", "out/", ".git/"))]
        files = []
        binaries = []
        for path in sorted(set(filter(None, listed))):
            full = root / path
            if full.is_file() and not full.is_symlink():
                data = full.read_bytes()
                if b"\0" not in data[:8192]:
                    files.append(SourceFile(path, data.decode("utf-8", errors="replace")))
                else:
                    binaries.append(path)
        return Tree(files, binaries)
