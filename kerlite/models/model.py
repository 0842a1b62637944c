"""Model: layers made into one, that can be trained, saved and called."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from torch import fx, nn

from kerlite.core import registry, tree
from kerlite.core.fx_code import constants_name
from kerlite.core.graph import Graph, is_input
from kerlite.core.names import auto_name
from kerlite.core.serialize import serialize_keras_object
from kerlite.core.tensor import KerasTensor, Node
from kerlite.layers.base import Layer
from kerlite.layers.calls import mask_of
from kerlite.layers.core.input_layer import InputLayer
from kerlite.layers.outputs import inferred
from kerlite.layers.shapes import symbolic_of
from kerlite.models import functional_config, summary
from kerlite.models.delegation import GivingWay, delegated, shared
from kerlite.models.export import export
from kerlite.models.feature_cache import cache_features
from kerlite.models.features import features
from kerlite.models.function import constants_of, module_names, replayed
from kerlite.models.graph_code import GraphCode
from kerlite.models.inputs import InputAdapter
from kerlite.models.order import layers_in_order
from kerlite.models.state_tree import get_state_tree, set_state_tree
from kerlite.saving import load_weights, save_model, save_weights
from kerlite.saving.checkpoint_folder import CheckpointFolder
from kerlite.training.trainer import Trainer

__all__ = ["Model"]


class Model(Layer):
    """Layers made into one: functional, from tensors; or a subclass that overrides `call`.

    `Model(inputs, outputs)` owns the graph that leads from `Input` tensors (or any recorded ones)
    to outputs; both may be structures of lists, tuples and dicts. A subclass makes its layers in
    `__init__` and uses them in `call`.

    Args:
        inputs: a KerasTensor or a structure of them.
        outputs: likewise.
        trainable: whether the weights are to be trained.
        name: a name.

    Raises:
        ValueError: if the graph is disconnected, or two layers have one name.

    Example:
        >>> import torch
        >>> from kerlite.layers import Dense, Input
        >>> inputs = Input((4,))
        >>> model = Model(inputs, Dense(2)(Dense(3, activation="relu")(inputs)))
        >>> model(torch.ones(5, 4)).shape
        torch.Size([5, 2])

    Source: keras.Model. Called outside `fit`, a model is in evaluation mode, as in Keras, until
    `model.train()` says otherwise, as in PyTorch.
    """

    _internal = Layer._internal | {"_graph_names", "_input_layers", "_masked_runs", "_order"}
    _graph: Graph | None = None
    _code: GraphCode
    _trainer: Trainer | None = None
    _gives_only_one = False

    def __init__(self, *args: Any, **kwargs: Any):
        functional = len(args) >= 2 or {"inputs", "outputs"} <= kwargs.keys()
        if functional and type(self).__init__ is Model.__init__:
            self.__dict__["_init_arguments"] = {}  # they are in the graph, and not kept beside it
        inputs, outputs = None, None
        if functional:
            given = dict(zip(("inputs", "outputs", "name"), args, strict=False))
            kwargs = {**given, **kwargs}
            inputs, outputs = kwargs.pop("inputs"), kwargs.pop("outputs")
            if type(self) is Model and kwargs.get("name") is None:
                kwargs["name"] = auto_name("functional")
        elif args:
            raise TypeError(
                "Model(inputs, outputs) takes both; a subclass passes neither to "
                f"super().__init__(). Received {len(args)} positional argument(s)."
            )
        super().__init__(**kwargs)
        if functional:
            self._set_graph(inputs, outputs)

    # ---- the graph

    def _set_graph(self, inputs: Any, outputs: Any) -> None:
        graph = Graph(inputs, outputs)
        names = module_names(graph, type(self))
        origin = {id(t): _input_layer_of(t) for t in graph.flat_inputs}
        for attribute in self.__dict__.get("_graph_names", ()):
            self._modules.pop(attribute, None)
        for target in layers_in_order(graph, origin):
            if target in names:
                self._modules[names[target]] = target
        self._modules.pop(constants_name, None)
        constants = constants_of(graph, names)
        if constants._buffers or constants._parameters:
            self._modules[constants_name] = constants
        self._graph = graph
        self._graph_names = [*names.values(), constants_name]
        self._order: list[Any] = [
            names.get(target, target) for target in layers_in_order(graph, origin)
            if isinstance(target, nn.Module)
        ]  # fmt: skip
        self._input_layers = list(origin.values())
        self._adapter = InputAdapter(graph, [layer.name for layer in self._input_layers], self.name)
        self._prepare_code(graph)
        self.built = True
        self._settle()
        self._build_shapes = ((tree.map_structure(lambda t: t.shape, graph.inputs),), {})
        if not self._trainable:
            self.trainable = False

    def _prepare_code(self, graph: Graph) -> None:
        object.__setattr__(self, "_code", GraphCode(self, graph, self._graph_names[:-1]))
        self._gives_only_one = (
            isinstance(graph.outputs, (list, tuple))
            and len(graph.outputs) == 1
            and type(self).call is Model.call
        )

    def _apply(self, fn: Any, recurse: bool = True) -> Any:
        super()._apply(fn, recurse)
        if self._graph is not None:
            self._adapter.follow(fn)
        return self

    def _settle(self) -> None:
        """Let a graph run without ceremony: masks and modes are the layers' own affair."""
        policy = self.dtype_policy
        self._fast = (
            self._graph is not None
            and type(self).call is Model.call
            and self.activity_regularizer is None
            and self._compiled_call_impl is None
            and policy.compute_dtype == policy.variable_dtype
        )

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Run the graph; a subclass overrides this."""
        if self._graph is None:
            raise NotImplementedError(
                f"{type(self).__name__} is a subclass of Model without a call() method: define "
                "one, or pass inputs and outputs to super().__init__()."
            )
        outputs = self._code(self._adapter(inputs), mask)
        return outputs[0] if self._gives_only_one else outputs

    forward = call

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record a call; an only output comes in its list here, and alone from a call on data."""
        outputs = super().symbolic_call(*args, **kwargs)
        kind = list if self._graph is None else type(self._graph.outputs)
        return kind((outputs,)) if self._gives_only_one else outputs

    @property
    def can_be_called(self) -> bool:
        """Whether there is a graph or a `call`; without, only its own steps know how to run it."""
        return self._graph is not None or type(self).call is not Model.call

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs of a call as KerasTensors."""
        if self._graph is None or type(self).call is not Model.call:
            return super().compute_output_spec(*args, **kwargs)
        fed = self._adapter(args[0] if args else kwargs["inputs"], check=False)
        outputs = self._fresh_outputs(fed)
        return outputs[0] if self._gives_only_one else outputs

    def _fresh_outputs(self, fed: list[KerasTensor]) -> Any:
        def fresh(tensor: KerasTensor) -> KerasTensor:
            new = KerasTensor(tensor.shape, tensor.dtype)
            if tensor._keras_mask is not None:
                new._keras_mask = KerasTensor(tensor._keras_mask.shape, "bool")
            return new

        return tree.map_structure(fresh, replayed(self._graph, fed))  # type: ignore[arg-type]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the output shapes for the shapes of the inputs."""
        if self._graph is None:
            return super().compute_output_shape(input_shape)
        given = self._adapter(symbolic_of(input_shape, self.compute_dtype), check=False)
        fed = [
            KerasTensor(new.shape, t.dtype)
            for new, t in zip(given, self._graph.flat_inputs, strict=True)
        ]
        return tree.map_structure(lambda t: t.shape, replayed(self._graph, fed))

    def _record_output_mask(self, args: Any, kwargs: Any, outputs: Any) -> None:
        """Record that the outputs will carry their masks themselves: the call sets them."""
        if self._graph is None:
            super()._record_output_mask(args, kwargs, outputs)
            return
        for tensor in tree.flatten(outputs):
            if tensor._keras_mask is not None:
                Node(mask_of, (tensor,), {}, tensor._keras_mask)

    def build(self, input_shape: Any = None) -> None:
        """Build a subclassed model by running it, without data, on the given input shape(s)."""
        if self._graph is None and input_shape is not None and type(self).call is not Model.call:
            inferred(self, (symbolic_of(input_shape, self.compute_dtype),), {})

    @property
    def _built_by_call(self) -> bool:  # type: ignore[override]
        return self._graph is None and type(self).build is Model.build

    # ---- layers

    @property
    def layers(self) -> list[Layer]:
        """The layers, in Keras's order: input layers included for a functional model."""
        if self._graph is None:
            return list(dict.fromkeys(_direct_layers(self)))
        return [self._modules[e] if isinstance(e, str) else e for e in self._order]  # type: ignore

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by name, by index, or by a path through nested models ("resnet50/conv1").

        Raises:
            ValueError: if there is none; the layers that exist are listed.
        """
        if (name is None) == (index is None):
            raise ValueError(f"Pass either name or index; received name={name!r}, index={index!r}.")
        if index is not None:
            if not -len(self.layers) <= index < len(self.layers):
                raise ValueError(f"There is no layer {index}: the model has {len(self.layers)}.")
            return self.layers[index]
        for layer in self.layers:
            if layer.name == name:
                return layer
            if str(name).startswith(f"{layer.name}/") and isinstance(layer, Model):
                return layer.get_layer(str(name)[len(layer.name) + 1 :])
        raise ValueError(
            f"The model {self.name!r} has no layer {name!r}. Its layers: "
            f"{[layer.name for layer in self.layers]}."
        )

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic inputs, in order."""
        return self._required_graph("inputs").flat_inputs

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic outputs, in order."""
        return self._required_graph("outputs").flat_outputs

    @property
    def input(self) -> Any:
        """The symbolic input, as structured."""
        return self._required_graph("input").inputs

    @property
    def output(self) -> Any:
        """The symbolic output, as structured."""
        return self._required_graph("output").outputs

    @property
    def input_shape(self) -> Any:
        """The shape of the input, or the list of the inputs' shapes."""
        return _one_or_all([tensor.shape for tensor in self.inputs])

    @property
    def output_shape(self) -> Any:
        """The shape of the output, or the list of the outputs' shapes."""
        return _one_or_all([tensor.shape for tensor in self.outputs])

    @property
    def input_names(self) -> list[str]:
        """The names of the input layers, by which a dict of data is matched."""
        return [layer.name for layer in self._input_layers]

    @property
    def output_names(self) -> list[str] | None:
        """The names of the layers that give the outputs, which losses and logs are named after."""
        return None if self._graph is None else functional_config.output_names(self._graph)

    @property
    def graph(self) -> fx.Graph:
        """The graph in torch.fx's form.

        `torch.fx.GraphModule(dict(model.named_children()), model.graph)` is the module of it.
        """
        graph = self._required_graph("graph")
        return graph.fx_graph(self._code.names)[0]

    def _required_graph(self, what: str) -> Graph:
        if self._graph is None:
            raise AttributeError(
                f"The model {self.name!r} has no {what}: it is a subclass with its own call(), or "
                "has not been built yet. Functional models, and Sequential ones once their input "
                "shape is known, have."
            )
        return self._graph

    # ---- training (see Trainer)

    @property
    def trainer(self) -> Trainer:
        """What trains this model; made on first use."""
        if self._trainer is None:
            object.__setattr__(self, "_trainer", Trainer(self))
        return self._trainer  # type: ignore[return-value]

    optimizer = shared("optimizer")
    loss = shared("loss")
    loss_weights = shared("loss_weights")
    compiled = shared("compiled")
    history = shared("history")
    stop_training = shared("stop_training")
    stop_evaluating = shared("stop_evaluating")
    stop_predicting = shared("stop_predicting")
    run_eagerly = shared("run_eagerly")
    jit_compile = shared("jit_compile")
    steps_per_execution = shared("steps_per_execution")
    auto_scale_loss = shared("auto_scale_loss")

    @property
    def metrics(self) -> list[Any]:
        """The loss's mean, the metrics in the layers, and the compiled ones; may be overridden."""
        return Trainer.metrics.fget(self.trainer)  # type: ignore[attr-defined]

    @property
    def metrics_names(self) -> list[str]:
        """The names of `metrics`."""
        return self.trainer.metrics_names

    compile = delegated("compile")
    fit = delegated("fit")
    evaluate = delegated("evaluate")
    predict = delegated("predict")
    train_on_batch = delegated("train_on_batch")
    test_on_batch = delegated("test_on_batch")
    predict_on_batch = delegated("predict_on_batch")
    train_step = delegated("train_step")
    test_step = delegated("test_step")
    predict_step = delegated("predict_step")
    compute_loss = delegated("compute_loss")
    compute_metrics = delegated("compute_metrics")
    reset_metrics = delegated("reset_metrics")
    get_metrics_result = delegated("get_metrics_result")
    compile_report = delegated("compile_report")
    get_compile_config = delegated("get_compile_config")
    compile_from_config = delegated("compile_from_config")

    # ---- configuration and files

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Callable[[str], None] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Any = None,
    ) -> None:
        """Print a table of the layers, their output shapes and parameters.

        Args:
            line_length: width in characters; by default what the terminal has.
            positions: relative ends of the columns, each in (0, 1].
            print_fn: what to call with the text; by default `print`.
            expand_nested: whether layers of nested models are listed too.
            show_trainable: whether a column tells which layers are to be trained.
            layer_range: names (or patterns) of the first and the last layer to list.

        Raises:
            ValueError: if the model has not been built.
        """
        summary.print_summary(
            self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range
        )

    def get_config(self) -> dict[str, Any]:
        """Return a plain description from which the model can be made again."""
        if self._graph is not None and type(self).__init__ is Model.__init__:
            return functional_config.get_config(self)
        return super().get_config()

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Make a model from what `get_config` returned."""
        with registry.CustomObjectScope(custom_objects):
            if cls is Model or ("layers" in config and "output_layers" in config):
                return functional_config.from_config(cls, config)
            return super().from_config(config)

    save = save_model
    save_weights = save_weights
    load_weights = load_weights
    export = export
    features = GivingWay(features)
    cache_features = cache_features
    get_state_tree = get_state_tree
    set_state_tree = set_state_tree
    checkpoint_folder = CheckpointFolder

    def to_json(self, **kwargs: Any) -> str:
        """Return the configuration as JSON; `kwargs` go to `json.dumps`."""
        return json.dumps(serialize_keras_object(self), **kwargs)

    def __getstate__(self) -> dict[str, Any]:
        made_again = ("_code", "_plain_modules")
        return {k: None if k in made_again else v for k, v in super().__getstate__().items()}

    def __setstate__(self, state_dict: dict[str, Any]) -> None:
        super().__setstate__(state_dict)
        if self._graph is not None:
            self._prepare_code(self._graph)


registry.register_public(Model, module="keras")
registry.register_public(Model, "Functional", "keras.src.models.functional", preferred=True)


def _input_layer_of(tensor: KerasTensor) -> InputLayer:
    if is_input(tensor):
        return tensor.producer.target  # type: ignore[union-attr]
    return InputLayer(batch_shape=tensor.shape, dtype=tensor.dtype)


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _direct_layers(model: nn.Module) -> list[Any]:
    """Return the outermost layers below a model, those in lists and plain modules too."""
    found: list[Any] = []
    for child in model._modules.values():
        if isinstance(child, Layer):
            found.append(child)
        elif child is not None:
            found += _direct_layers(child)
    return found
