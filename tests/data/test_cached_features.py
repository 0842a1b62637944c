"""CachedFeatures: rows of features with what belongs to them, for fit and for DataLoader."""

import torch
from torch.utils.data import DataLoader, TensorDataset

from kerlite.data import adapt
from kerlite.data.cached_features import CachedFeatures


def test_rows():
    data = CachedFeatures(torch.arange(6.0).view(3, 2), {"a": torch.arange(3)}, None)
    assert len(data) == 3
    x, y, weight = data[1]
    assert (x.tolist(), y["a"].item(), weight) == ([2.0, 3.0], 1, None)
    assert isinstance(data, TensorDataset)


def test_batches_for_fit_are_gathered_from_the_tensors():
    data = CachedFeatures(torch.arange(6.0).view(3, 2), torch.arange(3))
    batches = adapt(data, batch_size=2, device="cpu")
    assert [y.tolist() for _, y in batches.epoch(0)] == [[0, 1], [2]]


def test_batches_of_a_loader():
    data = CachedFeatures(torch.arange(6.0).view(3, 2), torch.arange(3))
    assert [y.tolist() for _, y in DataLoader(data, batch_size=2)] == [[0, 1], [2]]


def test_a_temporary_folder_is_removed_with_the_object(tmp_path):
    kept, gone = tmp_path / "kept", tmp_path / "gone"
    for folder, temporary in ((kept, False), (gone, True)):
        folder.mkdir()
        CachedFeatures(torch.zeros(1), folder=folder, temporary=temporary)
    assert kept.exists()
    assert not gone.exists()
