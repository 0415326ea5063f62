"""Archives that nobody vouches for: what is listed, and what is refused with which words."""

import gzip
import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from backend.common.archives import Archive, ArchiveError, ArchiveLimits, open_archive, pack_folder

LIMITS = ArchiveLimits(
    max_files=5, max_file_bytes=1 << 20, max_total_bytes=2 << 20, max_ratio=50, ratio_floor_bytes=1 << 16
)


def make_zip(
    folder: Path, files: list[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> Path:
    path = folder / "cases.zip"
    with zipfile.ZipFile(path, "w", method) as out:
        for name, data in files:
            out.writestr(name, data, compress_type=method)
    return path


def make_tar(folder: Path, members: list[tuple[tarfile.TarInfo, bytes]], mode: str = "w:gz") -> Path:
    path = folder / "cases.tar.gz"
    with tarfile.open(path, mode) as out:
        for info, data in members:
            info.size = len(data)
            out.addfile(info, io.BytesIO(data))
    return path


def read_all(path: Path) -> dict[str, bytes]:
    with open_archive(path, limits=LIMITS) as archive:
        return contents(archive)


def refusal(path: Path) -> ArchiveError:
    with pytest.raises(ArchiveError) as caught:
        read_all(path)
    assert path.name in caught.value.sentence
    return caught.value


def contents(archive: Archive) -> dict[str, bytes]:
    return {name: archive.read(name) for name in archive.names()}


def test_zip_lists_and_reads_its_files(tmp_path: Path) -> None:
    path = make_zip(tmp_path, [("a/", b""), ("a/t1.nii", b"one"), ("b.txt", b"two")])
    with open_archive(path, limits=LIMITS) as archive:
        assert contents(archive) == {"a/t1.nii": b"one", "b.txt": b"two"}
        assert archive.size_bytes("a/t1.nii") == 3


@pytest.mark.parametrize("mode", ["w:gz", "w"])
def test_tar_files_can_be_read_in_any_order_and_side_by_side(tmp_path: Path, mode: str) -> None:
    path = make_tar(
        tmp_path, [(tarfile.TarInfo("./a/x"), b"x" * 3000), (tarfile.TarInfo("y"), b"y" * 10)], mode
    )
    with open_archive(path, limits=LIMITS) as archive:
        assert archive.names() == ["a/x", "y"]
        with archive.open_stream("y") as y, archive.open_stream("a/x") as x:
            assert y.read(4) == b"yyyy"
            assert x.read() == b"x" * 3000
            assert y.read() == b"yyyyyy"


def test_extract_to_writes_under_the_folder(tmp_path: Path) -> None:
    path = make_zip(tmp_path, [("a/b/t1.nii", b"one")])
    with open_archive(path, limits=LIMITS) as archive:
        target = archive.extract_to("a/b/t1.nii", tmp_path / "out")
    assert target == tmp_path / "out" / "a" / "b" / "t1.nii"
    assert target.read_bytes() == b"one"


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/etc/passwd", "C:\\evil", "..\\evil", "a/./../../b", "bad\nname", "."],
)
def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    assert refusal(make_zip(tmp_path, [(name, b"x")])).code == "unsafe_name"
    assert refusal(make_tar(tmp_path, [(tarfile.TarInfo(name), b"x")])).code == "unsafe_name"


def test_the_refusal_names_the_escaping_file(tmp_path: Path) -> None:
    assert "../evil.nii.gz points outside" in refusal(make_zip(tmp_path, [("../evil.nii.gz", b"x")])).sentence


def test_name_with_hidden_nul_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path, [("okXxxx", b"x")])
    path.write_bytes(path.read_bytes().replace(b"okXxxx", b"ok\0/..", 2))
    assert refusal(path).code in {"unsafe_name", "damaged"}


def test_symbolic_link_in_zip_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    error = refusal(make_zip(tmp_path, [(info, b"/etc/passwd")]))
    assert error.code == "not_a_file"
    assert "link" in error.sentence


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("odd")
    info.type, info.linkname = kind, "/etc/passwd"
    assert refusal(make_tar(tmp_path, [(info, b"")])).code == "not_a_file"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["a/t1.nii", "a//t1.nii", "./a/t1.nii", "a\\t1.nii"])
def test_the_same_name_twice_is_refused(tmp_path: Path, second: str) -> None:
    assert refusal(make_zip(tmp_path, [("a/t1.nii", b"1"), (second, b"2")])).code == "duplicate_name"


def test_file_that_is_also_a_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(make_zip(tmp_path, [("a", b"1"), ("a/b", b"2")])).code == "duplicate_name"


def test_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path, [("t1.nii", b"secret")])
    data = bytearray(path.read_bytes())
    data[6] |= 1  # local header flag
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(data))
    error = refusal(path)
    assert error.code == "encrypted"
    assert "t1.nii" in error.sentence


def test_rare_compression_is_refused_with_the_remedy(tmp_path: Path) -> None:
    error = refusal(make_zip(tmp_path, [("t1.nii", b"x" * 100)], zipfile.ZIP_LZMA))
    assert error.code == "unsupported"
    assert "deflate" in error.sentence


def test_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    assert refusal(make_zip(tmp_path, [("bomb", bytes(1 << 20))])).code == "bomb"


def test_tar_gz_bomb_is_refused_while_inflating(tmp_path: Path) -> None:
    assert refusal(make_tar(tmp_path, [(tarfile.TarInfo("bomb"), bytes(1 << 20))])).code == "bomb"


def test_zip_that_understates_a_size_is_refused_when_read(tmp_path: Path) -> None:
    path = make_zip(tmp_path, [("t1.nii", b"x" * 1000)], zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    assert refusal(path).code == "damaged"


def test_overlapping_files_are_refused(tmp_path: Path) -> None:
    # The core of the best known zip bombs: many table entries that share one packed file.
    path = make_zip(tmp_path, [("a", b"x" * 20_000), ("b", b"y" * 20_000)], zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    first = data.index(b"PK\x01\x02")
    for at in (first, data.index(b"PK\x01\x02", first + 4)):
        data[at + 20 : at + 24] = (39_000).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    assert refusal(path).code == "bomb"


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    assert refusal(make_zip(tmp_path, [(f"{n}", b"") for n in range(6)])).code == "too_many_files"


@pytest.mark.parametrize("count", [1, 3])
def test_too_many_bytes_are_refused(tmp_path: Path, count: int) -> None:
    size = (1 << 20) + 1 if count == 1 else 900_000
    path = make_zip(tmp_path, [(f"{n}", b"\x01" * size) for n in range(count)], zipfile.ZIP_STORED)
    assert refusal(path).code == "too_large"


def test_huge_table_of_contents_is_refused_unread(tmp_path: Path) -> None:
    path = make_zip(tmp_path, [("a", b"x")])
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x05\x06") + 12
    data[at : at + 4] = (1 << 30).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    assert refusal(path).code == "too_many_files"


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_truncated_archives_are_called_damaged(tmp_path: Path, keep: float) -> None:
    noise = bytes((n * n * 31) % 251 for n in range(30_000))
    for path in (
        make_zip(tmp_path, [("t1.nii", noise)]),
        make_tar(tmp_path, [(tarfile.TarInfo("t1.nii"), noise)]),
    ):
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * keep)])
        assert refusal(path).code == "damaged"


def test_bad_checksum_is_told_with_the_files_name(tmp_path: Path) -> None:
    path = make_zip(tmp_path, [("t1.nii", b"x" * 1000)], zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(bytes(data))
    error = refusal(path)
    assert error.code == "damaged"
    assert "t1.nii" in error.sentence


def test_tar_header_of_endless_length_is_refused(tmp_path: Path) -> None:
    path = make_tar(
        tmp_path, [(tarfile.TarInfo("n" * 300), b"")], "w"
    )  # GNU long name: a header with its own size
    data = bytearray(path.read_bytes())
    data[124:136] = b"00200000000\0"
    checksum = sum(data[:148]) + 8 * 32 + sum(data[156:512])
    data[148:156] = b"%06o\0 " % checksum
    path.write_bytes(bytes(data))
    assert refusal(path).code == "damaged"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"%PDF-1.7 hello", "not_an_archive"),
        (b"", "not_an_archive"),
        (gzip.compress(b"x" * 600, mtime=0), "not_an_archive"),
    ],
)
def test_other_files_are_no_archives(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "cases.zip"
    path.write_bytes(data)
    assert refusal(path).code == "not_an_archive"


def test_empty_archive_is_refused(tmp_path: Path) -> None:
    assert refusal(make_zip(tmp_path, [])).code == "empty"


def test_pack_folder_is_the_same_archive_each_time(tmp_path: Path) -> None:
    (tmp_path / "f" / "case").mkdir(parents=True)
    (tmp_path / "f" / "case" / "t1.nii").write_bytes(b"one")
    pack_folder(tmp_path / "f", tmp_path / "1.zip")
    pack_folder(tmp_path / "f", tmp_path / "2.zip")
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()
    with open_archive(tmp_path / "1.zip", limits=LIMITS) as archive:
        assert contents(archive) == {"case/t1.nii": b"one"}


def test_pack_folder_refuses_a_link_out_of_it(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "secret").write_bytes(b"s")
    (tmp_path / "f" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(ArchiveError, match="link is a link out of the folder"):
        pack_folder(tmp_path / "f", tmp_path / "1.zip")
