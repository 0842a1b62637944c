import sys

import numpy as np
import pytest

from kerlite.callbacks import LambdaCallback, PlotHistory, plot_history
from tests.callbacks import small

PNG = b"\x89PNG"


@pytest.fixture
def pictures(monkeypatch):
    """The figures that are saved, in order."""
    saved = []
    save = plot_history.save_figure
    monkeypatch.setattr(
        plot_history, "save_figure", lambda figure, path: saved.append(figure) or save(figure, path)
    )
    return saved


def test_a_picture_after_every_epoch(tmp_path, pictures):
    path, seen = tmp_path / "new" / "curves.png", []
    look = LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(path.read_bytes()[:4]))
    history = small.model(metrics=["mae"]).fit(
        *small.data(), epochs=2, verbose=0, validation_split=0.25,
        callbacks=[PlotHistory(path), look],
    ).history  # fmt: skip
    assert seen == [PNG] * 2
    assert [one.name for one in path.parent.iterdir()] == ["curves.png"]
    panels = pictures[-1].axes
    assert [panel.get_title() for panel in panels] == ["loss", "mae"]
    for panel, name in zip(panels, ("loss", "mae"), strict=True):
        for line, key in zip(panel.lines, (name, f"val_{name}"), strict=True):
            np.testing.assert_allclose(line.get_ydata(), history[key])
            assert list(line.get_xdata()) == [1, 2]


@pytest.mark.parametrize(("epochs", "count"), [(2, 1), (3, 2)])
def test_every_so_many_epochs_and_at_the_end(epochs, count, tmp_path, pictures):
    plotter = PlotHistory(tmp_path / "curves.svg", keys=["loss"], every=2)
    small.model().fit(*small.data(), epochs=epochs, verbose=0, callbacks=plotter)
    assert len(pictures) == count
    assert len(pictures[-1].axes[0].lines[0].get_ydata()) == epochs


def test_history_draws_the_same_afterwards(tmp_path):
    history = small.model().fit(
        *small.data(), epochs=4, verbose=0, validation_split=0.25, validation_freq=2
    )
    figure = history.plot(filename=tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes().startswith(PNG)
    training, validation = figure.axes[0].lines
    np.testing.assert_allclose(training.get_ydata(), history.history["loss"])
    assert list(validation.get_xdata()) == [2, 4]


def test_what_cannot_be_drawn(tmp_path):
    history = small.model().fit(*small.data(), epochs=1, verbose=0)
    with pytest.raises(ValueError, match=r"cannot draw \['acc'\]: the history has loss"):
        history.plot(keys=["acc"])
    with pytest.raises(ValueError, match="every"):
        PlotHistory("a.png", every=0)


def test_without_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        small.model().fit(*small.data(), verbose=0, callbacks=PlotHistory("a.png"))
