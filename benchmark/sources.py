"""The raw files of a task: from a folder the user names, or downloaded with a checksum."""

from __future__ import annotations

from pathlib import Path

from benchmark.card import Card, SourceCard
from benchmark.edition import Edition
from benchmark.errors import UserError, unknown_name
from benchmark.files import file_digest, folder_digest
from benchmark.home import raw_folder


class RawFiles:
    """Hands a recipe the verified raw files of its card, and the size and the random streams of its edition.

    `folder` is where the user keeps raw files, if anywhere; `download` consents to fetching files whose licence
    is not stated.
    """

    def __init__(
        self, card: Card, folder: Path | None, download: bool, edition: Edition | None = None
    ) -> None:
        edition = edition or Edition()
        self.size = edition.size or next(iter(card.sizes), "")
        self.streams = edition.streams(card)
        self._sources = {source.name: source for source in card.sources}
        self._task = card.name
        self._folder = folder
        self._download = download

    def path(self, source: str) -> Path:
        """The verified file or folder of one source of the card.

        Raises UserError where it is missing, changed, or may not be downloaded.
        """
        if source not in self._sources:
            raise unknown_name(f"source of task {self._task}", source, self._sources)
        wanted = self._sources[source]
        if self._folder is None:
            return self._fetch(wanted)
        for candidate in (self._folder / wanted.file, self._folder / Path(*Path(wanted.file).parts[1:])):
            if candidate.exists():
                return _verified(candidate, wanted)
        raise UserError(
            f"The raw file {wanted.file} of task {self._task} is not in the raw folder.",
            given=str(self._folder),
            do=f"Put it there{_from(wanted)}"
            + (", or leave out --raw to download it." if wanted.url else "."),
        )

    def _fetch(self, source: SourceCard) -> Path:
        if not source.url:
            raise UserError(
                f"{source.file} of task {self._task} cannot be downloaded by itself.",
                do=f"Get it{_from(source)} and give its folder: --raw DIR",
            )
        if not (source.default_download or self._download):
            raise UserError(
                f"{source.file} of task {self._task} is not downloaded by default: its licence is "
                f"{source.licence!r}.",
                do=f"Give a folder that has it: --raw DIR, or consent to the download from {source.url}: "
                "--download",
            )
        return _download(source)


def _from(source: SourceCard) -> str:
    place = source.homepage or source.url
    return f" from {place}" if place else ""


def _verified(path: Path, source: SourceCard) -> Path:
    digest = folder_digest(path) if source.folder else file_digest(path)
    if digest != source.sha256:
        raise UserError(
            f"The raw {'folder' if source.folder else 'file'} {path.name} is not the one on the card.",
            allowed=f"SHA-256 {source.sha256}",
            given=f"SHA-256 {digest} ({path})",
            do="Get it anew. On a card in the making goes the digest given here; changed data are a new version.",
        )
    return path


def _download(source: SourceCard) -> Path:
    import pooch

    faults = []
    for url in (source.url, *source.mirrors):
        try:
            found = pooch.retrieve(
                url,
                known_hash=f"sha256:{source.sha256}",
                fname=source.sha256,
                path=raw_folder(),
                progressbar=True,
            )
            return Path(found)
        except (OSError, ValueError) as error:
            faults.append(f"{url}: {error}")
    raise UserError(
        f"{source.file} could not be downloaded.",
        given="; ".join(faults),
        do="Try again, or get the file by other means and give its folder: --raw DIR",
    )
