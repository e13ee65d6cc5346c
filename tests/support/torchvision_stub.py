"""Lets torchvision's wheel from PyPI be imported beside a CPU build of torch.

That wheel's operators are compiled against the CUDA build; beside another torch they do not load, and the import
ends with `operator torchvision::nms does not exist`. Declared by name, they need not exist: nothing here calls them.

    python tests/support/torchvision_stub.py

puts this module into the interpreter's environment, where each later process finds it, if and only if torchvision
is there and does not import. It does nothing until something imports torchvision.
"""

import sys

SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)


class Declaring:
    """A finder that finds nothing: asked for torchvision, it declares the operators and steps aside."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name != "torchvision":
            return
        sys.meta_path.remove(self)
        import torch

        self.library = torch.library.Library("torchvision", "DEF")
        for schema in SCHEMAS:
            self.library.define(schema)


DECLARING = Declaring()  # kept: what is declared lasts as long as its library


def stand_by() -> None:
    if DECLARING not in sys.meta_path:  # Python reads the files that call this more than once
        sys.meta_path.insert(0, DECLARING)


def main() -> None:
    import importlib.util
    import shutil
    import sysconfig
    from pathlib import Path

    if importlib.util.find_spec("torchvision") is None or _imports():
        return
    packages = Path(sysconfig.get_path("purelib"))
    shutil.copy(__file__, packages / "torchvision_stub.py")
    start = "import torchvision_stub; torchvision_stub.stand_by()\n"
    (packages / "torchvision_stub.pth").write_text(start, encoding="utf-8")
    if not _imports():
        sys.exit(
            "torchvision does not import with its operators declared; see `python -c 'import torchvision'`"
        )
    print("torchvision's operators are declared, without code, for", packages)


def _imports() -> bool:
    """Whether a fresh process can import torchvision."""
    import subprocess

    return not subprocess.run([sys.executable, "-c", "import torchvision"], capture_output=True).returncode


if __name__ == "__main__":
    main()
