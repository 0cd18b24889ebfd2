"""The files that evaluated code may see: those inside the roots, under paths of an imagined deployment.

Evaluated code gets paths below `/opt/airflow`, so that nothing of this machine's folders reaches an output.
"""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

HOME = "/opt/airflow"


class Files:
    """Translates between the imagined deployment and the real folders, and keeps reads inside them.

    The folder of the first root is `/opt/airflow/<its name>`, so its parent is `/opt/airflow`; where a folder above it
    was given as an import path (a whole checkout), that one is `/opt/airflow`.
    """

    def __init__(self, roots: tuple[Path, ...], extra: tuple[Path, ...] = ()) -> None:
        folders = [p if p.is_dir() else p.parent for p in (r.resolve() for r in roots)]
        self.roots = tuple(dict.fromkeys(folders))
        self.extra = tuple(dict.fromkeys(p.resolve() for p in extra))
        self.mounts: list[tuple[str, Path]] = []
        first = self.roots[:1]
        above = [e for e in self.extra if any(e in root.parents for root in first)]
        if above:
            self.mounts.append((HOME, min(above, key=lambda e: len(e.parts))))
        for folder in (*self.roots, *self.extra):
            self._mount(folder)
        self.dags_folder = self.virtual(first[0]) if first else f"{HOME}/dags"

    def _mount(self, folder: Path) -> None:
        for base, real in self.mounts:
            if folder == real:
                return
            if real in folder.parents:
                self.mounts.append((f"{base}/{folder.relative_to(real).as_posix()}", folder))
                return
            if folder.parent == real.parent and base != HOME:
                base = base.rpartition("/")[0]
                self.mounts.append((f"{base}/{folder.name}", folder))
                return
        taken = {base for base, _ in self.mounts}
        name = folder.name or "dags"
        base = f"{HOME}/{name}"
        number = 2
        while base in taken:
            base = f"{HOME}/{number}/{name}"
            number += 1
        self.mounts.append((base, folder))

    def virtual(self, path: Path) -> str:
        """The path that evaluated code sees for a real one."""
        path = Path(os.path.normpath(path))
        best: tuple[int, str] | None = None
        for base, real in self.mounts:
            if path == real or real in path.parents:
                inner = path.relative_to(real).as_posix()
                text = base if inner == "." else f"{base}/{inner}"
                if best is None or len(real.parts) > best[0]:
                    best = (len(real.parts), text)
        return best[1] if best else f"{HOME}/{path.name}"

    def real(self, text: str) -> Path | None:
        """The real file or folder behind a path of evaluated code, resolved; None when absent or outside.

        Relative paths count from `/opt/airflow`, then from each root. A path of this machine (an environment value
        that the user gave) is taken as it is.
        """
        pure = PurePosixPath(os.path.normpath(str(text)))
        for candidate in self._candidates(pure):
            try:
                resolved = candidate.resolve()
                inside = any(resolved == real or real in resolved.parents for _, real in self.mounts)
                if inside and resolved.exists():
                    return resolved
            except (OSError, RuntimeError, ValueError):
                continue
        return None

    def _candidates(self, pure: PurePosixPath) -> list[Path]:
        if not pure.is_absolute():
            absolute = self._candidates(PurePosixPath(HOME) / pure)
            return absolute + [real / pure for _, real in self.mounts]
        found = [Path(str(pure))]
        for base, real in self.mounts:
            if str(pure) == base or str(pure).startswith(base + "/"):
                found.append(real / str(pure)[len(base) :].lstrip("/"))
        return found
