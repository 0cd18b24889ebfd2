"""The output folder: what is written, kept, removed; hand edits and links."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.changes import OutputFolder
from migrate.errors import UserError
from migrate.output import Needs, OutputFile


def files(**texts: str) -> list[OutputFile]:
    return [OutputFile(path=name.replace("__", "/") + ".yaml", text=text) for name, text in texts.items()]


def write(root: Path, planned: list[OutputFile]) -> OutputFolder:
    folder = OutputFolder(root)
    folder.write(planned, folder.plan(planned))
    return OutputFolder(root)


def test_first_run_writes_everything(tmp_path: Path) -> None:
    out = tmp_path / "argo"
    folder = OutputFolder(out)
    planned = files(a__one="x\n", two="y\n")
    changes = folder.plan(planned)
    assert changes.new == ["a/one.yaml", "two.yaml"]
    assert not out.exists()
    folder.write(planned, changes)
    assert (out / "a" / "one.yaml").read_text() == "x\n"
    assert sorted(p.name for p in (out / ".migrate").iterdir()) == ["manifest.json"]


def test_second_run_changes_only_what_differs(tmp_path: Path) -> None:
    folder = write(tmp_path, files(a="1\n", b="1\n", c="1\n"))
    changes = folder.plan(files(a="1\n", b="2\n", d="1\n"))
    assert (changes.new, changes.changed, changes.unchanged, changes.gone) == (
        ["d.yaml"],
        ["b.yaml"],
        ["a.yaml"],
        ["c.yaml"],
    )
    folder.write(files(a="1\n", b="2\n", d="1\n"), changes)
    assert sorted(p.name for p in tmp_path.glob("*.yaml")) == ["a.yaml", "b.yaml", "d.yaml"]


def test_edited_files_are_found_and_kept(tmp_path: Path) -> None:
    folder = write(tmp_path, files(a="1\n", b="1\n"))
    (tmp_path / "a.yaml").write_text("mine\n")
    (tmp_path / "b.yaml").write_text("mine\n")
    changes = folder.plan(files(a="1\n"))
    assert (changes.edited, changes.kept) == (["a.yaml"], ["b.yaml"])


def test_files_that_were_never_ours_count_as_edited(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("theirs\n")
    assert OutputFolder(tmp_path).plan(files(a="1\n")).edited == ["a.yaml"]
    assert OutputFolder(tmp_path).plan(files(a="theirs\n")).unchanged == ["a.yaml"]


def test_an_interrupted_run_is_not_taken_for_edits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, files(a="1\n", b="1\n"))
    planned = files(a="2\n", b="2\n")
    changes = folder.plan(planned)
    original = OutputFolder._put

    def stop(self: OutputFolder, path: str, text: str) -> None:
        if path == "b.yaml":
            raise KeyboardInterrupt
        original(self, path, text)

    monkeypatch.setattr(OutputFolder, "_put", stop)
    with pytest.raises(KeyboardInterrupt):
        folder.write(planned, changes)
    monkeypatch.undo()
    again = OutputFolder(tmp_path).plan(planned)
    assert (again.edited, again.unchanged, again.changed) == ([], ["a.yaml"], ["b.yaml"])


def test_diff_shows_new_changed_and_removed(tmp_path: Path) -> None:
    folder = write(tmp_path, files(a="1\n", b="1\n"))
    planned = files(a="2\n", c="3\n")
    text = folder.diff(planned, folder.plan(planned))
    assert "--- a/a.yaml\n+++ b/a.yaml\n@@ -1 +1 @@\n-1\n+2\n" in text
    assert "--- /dev/null\n+++ b/c.yaml\n" in text
    assert "--- a/b.yaml\n+++ /dev/null\n" in text


def test_links_do_not_lead_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / "dir").symlink_to(outside)
    folder = OutputFolder(out)
    planned = files(dir__deep__x="1\n")
    with pytest.raises(UserError, match="outside"):
        folder.write(planned, folder.plan(planned))
    assert list(outside.iterdir()) == []
    (out / "y.yaml").symlink_to(tmp_path / "target")
    with pytest.raises(UserError, match="link"):
        folder.plan(files(y="1\n"))


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", ""])
def test_paths_stay_inside(tmp_path: Path, path: str) -> None:
    with pytest.raises(UserError):
        OutputFolder(tmp_path).plan([OutputFile(path=path, text="")])


def test_a_hostile_manifest_removes_nothing_outside(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("1\n")
    out = tmp_path / "out"
    write(out, files(a="1\n"))
    manifest = out / ".migrate" / "manifest.json"
    manifest.write_text(manifest.read_text().replace("a.yaml", "../victim"))
    folder = OutputFolder(out)
    folder.write([], folder.plan([]))
    assert victim.exists()


def test_a_broken_manifest_is_explained(tmp_path: Path) -> None:
    write(tmp_path, files(a="1\n"))
    (tmp_path / ".migrate" / "manifest.json").write_text("{")
    with pytest.raises(UserError, match="Remove it"):
        OutputFolder(tmp_path)


def test_a_file_as_output_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(UserError, match="is a file"):
        OutputFolder(tmp_path / "f")


def test_needs_are_joined_and_sorted() -> None:
    total = Needs.union(
        [Needs(images={"b", "a"}, connections={"db": {"uri"}}), Needs(images={"c"}, connections={"db": {"host"}})]
    )
    assert total.facts() == {"images": ["a", "b", "c"], "connections": {"db": ["host", "uri"]}}
