"""Features and their cache on a network of kerlite.applications, against torchvision's module."""

import pytest
import torch
from torchvision import models
from torchvision.models.feature_extraction import create_feature_extractor

import kerlite
from kerlite import applications, layers


@pytest.fixture(scope="module")
def networks():
    """A ResNet-18 body of kerlite's, and torchvision's network with the same weights."""
    torch.manual_seed(0)
    twin = models.resnet18().eval()
    base = applications.get(
        "resnet18",
        weights=None,
        include_top=False,
        pooling="avg",
        input_shape=(64, 64, 3),
        name="resnet18",
    )
    body = {name: value for name, value in twin.state_dict().items() if not name.startswith("fc")}
    base.load_torch_weights(body)
    base.trainable = False
    inputs = layers.Input((64, 64, 3))
    return base, kerlite.Model(inputs, layers.Dense(3, name="head")(base(inputs))), twin


def test_features_of_blocks_are_torchvisions(networks):
    _, model, twin = networks
    x = torch.randn(2, 64, 64, 3)
    names = ["resnet18/pool1_pool", "resnet18/conv2_block2_out", "resnet18/conv5_block2_out"]
    wanted = ["maxpool", "layer1.1.relu_1", "layer4.1.relu_1"]
    expected = create_feature_extractor(twin, wanted)(x.permute(0, 3, 1, 2))
    for ours, theirs in zip(model.features(names)(x), expected.values(), strict=True):
        torch.testing.assert_close(ours, theirs.permute(0, 2, 3, 1), rtol=1e-4, atol=1e-4)


def test_kept_features_train_the_head_as_the_whole_model_does(networks):
    base, model, _ = networks
    x, y = torch.randn(6, 64, 64, 3), torch.tensor([0, 1, 2, 0, 1, 2])
    loss = kerlite.losses.SparseCategoricalCrossentropy(from_logits=True)
    start = model.get_weights()
    histories = []
    for upto in (None, "resnet18", "resnet18/conv5_block2_out"):
        model.set_weights(start)
        data, trained = (None, model) if upto is None else model.cache_features((x, y), upto, 3)
        trained.compile("sgd", loss)
        given = (x, y) if data is None else (data,)
        history = trained.fit(*given, batch_size=3, epochs=2, shuffle=False, verbose=0)
        histories.append(history.history["loss"])
    assert histories[1] == pytest.approx(histories[0], rel=1e-4)
    assert histories[2] == pytest.approx(histories[0], rel=1e-4)
    assert not any(weight.requires_grad for weight in base.parameters())
