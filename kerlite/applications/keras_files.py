"""The files of weights that Keras publishes for the architectures that only Keras has."""

from __future__ import annotations

from typing import Any, NamedTuple

from kerlite.applications.weights import Source
from kerlite.utils.get_file import get_file

__all__ = ["PublishedFile", "keras_file"]

_BASE = "https://storage.googleapis.com/tensorflow/keras-applications/"
_LEGACY = "_weights_tf_dim_ordering_tf_kernels"
_MOBILENET_V3 = "mobilenet_v3/weights_mobilenet_v3_"


class PublishedFile(NamedTuple):
    """One file of weights: where it lies, and what is known of it.

    Args:
        name: what the weights are called.
        fname: name in the cache, which is Keras's.
        url: where it is published.
        md5: hash of the content, as Keras states it; None where Keras states none.
        licence: the terms of the weights.
        accuracy: percentages of right answers on ImageNet's validation images: among the first
            one, and among the first five; as many of them as Keras states, None for neither.
    """

    name: str
    fname: str
    url: str
    md5: str | None
    licence: str
    accuracy: tuple[float, ...] | None

    def source(self, preprocessing: dict[str, Any]) -> Source:
        """Return the file as a source of weights; it is downloaded if it is not in the cache.

        Args:
            preprocessing: the arguments of the transform that fits the weights.
        """
        path = get_file(self.fname, self.url, cache_subdir="models", file_hash=self.md5)
        info = {
            "source": "keras",
            "name": self.name,
            "url": self.url,
            "hash": self.md5 and f"md5:{self.md5}",
            "licence": self.licence,
            "accuracy": dict(zip(("acc@1", "acc@5"), self.accuracy or (), strict=False)),
        }
        return Source(info, preprocessing, path=path)


def keras_file(model: str, include_top: bool) -> PublishedFile:
    """Return Keras's file of weights for a model.

    Args:
        model: Keras's name of it, such as "xception" or "mobilenet_1_0_224".
        include_top: whether the file holds the classifier.

    Example:
        >>> keras_file("xception", include_top=False).fname
        'xception_weights_tf_dim_ordering_tf_kernels_notop.h5'
    """
    stem, no_top, hashes, licence, accuracy = _FILES.get(model) or _mobilenet(model)
    path = f"{stem}{'' if include_top else no_top}.h5"
    fname = path.rpartition("/")[-1].replace("NASNet-", "nasnet_").replace("-no-top", "_no_top")
    return PublishedFile(model, fname, _BASE + path, hashes[not include_top], licence, accuracy)


class _Files(NamedTuple):
    """The two files of a model: with classifier, and without."""

    stem: str
    no_top: str
    hashes: tuple[str | None, str | None]
    licence: str
    accuracy: tuple[float, ...] | None


def _mobilenet(model: str) -> _Files:
    accuracy = (70.4, 89.5) if model == "mobilenet_1_0_224" else None
    return _Files(f"mobilenet/{model}_tf", "_no_top", (None, None), "Apache-2.0", accuracy)


# MD5 as keras.applications states it; licences and accuracies as Keras's documentation does.
_FILES = {
    "xception": _Files(
        f"xception/xception{_LEGACY}", "_notop",
        ("0a58e3b7378bc2990ea3b43d5981f1f6", "b0042744bf5b25fce3cb969f33bebb97"),
        "MIT", (79.0, 94.5),
    ),
    "inception_resnet_v2": _Files(
        f"inception_resnet_v2/inception_resnet_v2{_LEGACY}", "_notop",
        ("e693bd0210a403b3192acc6073ad2e96", "d19885ff4a710c122648d3b5c3b684e4"),
        "Apache-2.0", (80.3, 95.3),
    ),
    "resnet50v2": _Files(
        f"resnet/resnet50v2{_LEGACY}", "_notop",
        ("3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"),
        "BSD-3-Clause", (76.0, 93.0),
    ),
    "resnet101v2": _Files(
        f"resnet/resnet101v2{_LEGACY}", "_notop",
        ("6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"),
        "BSD-3-Clause", (77.2, 93.8),
    ),
    "resnet152v2": _Files(
        f"resnet/resnet152v2{_LEGACY}", "_notop",
        ("a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33"),
        "BSD-3-Clause", (78.0, 94.2),
    ),
    "nasnet_mobile": _Files(
        "nasnet/NASNet-mobile", "-no-top",
        ("020fb642bf7360b370c678b08e0adf61", "1ed92395b5b598bdda52abe5c0dbfd63"),
        "Apache-2.0", (74.4, 91.9),
    ),
    "nasnet_large": _Files(
        "nasnet/NASNet-large", "-no-top",
        ("11577c9a518f0070763c2b964a382f17", "d81d89dc07e6e56530c4e77faddd61b5"),
        "Apache-2.0", (82.5, 96.0),
    ),
    "mobilenet_v3_small_minimalistic": _Files(
        f"{_MOBILENET_V3}small_minimalistic_224_1.0_float", "_no_top_v2",
        ("99cd97fb2fcdad2bf028eb838de69e37", "cde8136e733e811080d9fcd8a252f7e4"),
        "Apache-2.0", (61.9,),
    ),
    "mobilenet_v3_large_minimalistic": _Files(
        f"{_MOBILENET_V3}large_minimalistic_224_1.0_float", "_no_top_v2",
        ("675e7b876c45c57e9e63e6d90a36599c", "ec5221f64a2f6d1ef965a614bdae7973"),
        "Apache-2.0", (72.3,),
    ),
    "efficientnetv2-b0": _Files(
        "efficientnet_v2/efficientnetv2-b0", "_notop",
        ("21ecbf6da12460d5c40bb2f29ceb2188", "893217f2bb855e2983157299931e43ff"),
        "Apache-2.0", (78.7, 94.3),
    ),
    "efficientnetv2-b1": _Files(
        "efficientnet_v2/efficientnetv2-b1", "_notop",
        ("069f0534ff22adf035c89e2d9547a9dc", "0e80663031ca32d657f9caa404b6ec37"),
        "Apache-2.0", (79.8, 95.0),
    ),
    "efficientnetv2-b2": _Files(
        "efficientnet_v2/efficientnetv2-b2", "_notop",
        ("424e49f28180edbde1e94797771950a7", "1dfe2e7a5d45b6632553a8961ea609eb"),
        "Apache-2.0", (80.5, 95.1),
    ),
    "efficientnetv2-b3": _Files(
        "efficientnet_v2/efficientnetv2-b3", "_notop",
        ("1f1fc43bd98a6e4fd8fdfd551e02c7a0", "f6abf7b5849ac99a89b50dd3fd532856"),
        "Apache-2.0", (82.0, 95.8),
    ),
}  # fmt: skip
