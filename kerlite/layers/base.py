"""Layer: a `torch.nn.Module` with Keras's interface."""

from __future__ import annotations

import itertools
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from kerlite import regularizers
from kerlite.core import config, dtypes, policy, tree
from kerlite.core.base_operation import Operation
from kerlite.core.names import auto_name, to_snake_case
from kerlite.core.tensor import Node, any_symbolic, as_constant
from kerlite.core.variable import Layout, Variable
from kerlite.layers import configuration
from kerlite.layers.arguments import check_name_and_rest
from kerlite.layers.attributes import SetByInit, adopt_all, find, forget_holder, hold, take_in
from kerlite.layers.building import build_for, once_built
from kerlite.layers.calls import CallSignature, state
from kerlite.layers.compiling import UnbuiltHook, build_before_tracing
from kerlite.layers.conversion import converted
from kerlite.layers.eager import eager_call
from kerlite.layers.in_graph import call_channels_first_in_graph, call_in_graph, knows_order
from kerlite.layers.input_spec import check_inputs
from kerlite.layers.losses import add_loss, losses_of
from kerlite.layers.masks import masked, record_output_mask
from kerlite.layers.moving import after_moving, before_moving
from kerlite.layers.new_weight import forget_elsewhere, new_weight
from kerlite.layers.outputs import first_node, output_shape, output_spec
from kerlite.layers.shapes import legacy_input_shape, shape_of
from kerlite.layers.values import load_own_variables, save_own_variables, set_weights
from kerlite.layers.weights import WeightAlias, collect_weights, set_trainable
from kerlite.metrics.base import Metric

__all__ = ["Layer"]

_numbers = itertools.count()


class Layer(Operation, nn.Module):
    """A module that makes its weights when it first sees its input.

    A subclass stores its arguments under their own names in `__init__`, makes weights with
    `add_weight` in `build(input_shape)`, and computes in `call(inputs)`. Its configuration is read
    off the signature of `__init__`. It is a `torch.nn.Module`: hooks, `state_dict`, `to`, `train`
    and `eval` are torch's.

    Whether a call trains: an explicit `training` argument wins, then that of the enclosing call,
    then the module's own mode. A new layer is in evaluation mode.

    Args:
        activity_regularizer: a function of the output whose result is added to the loss.
        trainable: whether the weights are to be trained.
        dtype: number type, dtype policy or the name of one; None means the global policy.
        autocast: whether floating inputs are cast to the layer's number type.
        name: a name, unique in a model; by default one is made from the class's name.

    Raises:
        ValueError: for unknown keyword arguments.

    Example:
        >>> class Scale(Layer):
        ...     def build(self, input_shape):
        ...         self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones")
        ...     def call(self, inputs):
        ...         return inputs * self.factor
        >>> Scale()(torch.ones(2, 3)).shape
        torch.Size([2, 3])

    Source: keras.Layer.
    """

    #: stored attribute -> Keras's name, where they differ; buffers that are Keras weights too
    keras_names: ClassVar[dict[str, str]] = {}
    keras_buffers: ClassVar[tuple[str, ...]] = ()
    supports_masking = False
    #: `call` itself asks `_in_training(training)`
    finds_training: ClassVar[bool] = False
    #: `compute_mask` may give a mask to inputs without one
    makes_masks = True
    #: `call` treats each element alone; or it has a form for channels at axis 1 (`in_graph`)
    pointwise = takes_channels_first = knows_order = makes_new = overwrites = False
    in_graph = staticmethod(call_in_graph)
    in_graph_channels_first = staticmethod(call_channels_first_in_graph)
    #: `compute_output_shape` explains what is wrong with an input's shape
    checks_input_shape: ClassVar[bool] = False
    #: the first call on data builds: what is inside is built as it is called
    _built_by_call = False
    input_spec: Any = None
    built = False
    quantization_mode: ClassVar[None] = None  # quantization is a transform over a built layer
    _own_compute_mask: ClassVar[bool] = False
    _own_output_shape: ClassVar[bool] = False
    _torch_checks_input: ClassVar[bool] = False  # a wrong input makes torch raise
    #: private lists and dicts that are no attributes of a user's, with layers in them or not
    _internal: ClassVar[frozenset[str]] = frozenset({"_inbound_nodes", "_layouts", "_losses"})
    dtype_policy: Any = SetByInit()
    _torch_dtype: Any = SetByInit()
    _initialize_hook = UnbuiltHook()
    _infer_parameters = build_before_tracing

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Make `call` what `nn.Module` calls `forward`, and read its signature once."""
        super().__init_subclass__(**kwargs)
        if "forward" in cls.__dict__ and "call" not in cls.__dict__:
            cls.call = cls.__dict__["forward"]  # type: ignore[method-assign]
        if "call" in cls.__dict__:
            cls.forward = cls.__dict__["call"]
        elif cls.forward is not cls.call:
            cls.forward = cls.call  # a torch class further down the line has its own
        cls._signature = CallSignature(cls.call)
        cls.knows_order = knows_order(cls)
        cls._torch_checks_input |= cls.__module__.startswith("kerlite.")
        cls._own_compute_mask = cls.compute_mask is not Layer.compute_mask
        cls._own_output_shape = cls.compute_output_shape is not Layer.compute_output_shape
        if "build" in cls.__dict__:
            cls.build = once_built(cls.__dict__["build"])  # type: ignore[method-assign]
        for stored, seen in cls.keras_names.items():
            if seen != stored and seen not in cls.__dict__:
                setattr(cls, seen, WeightAlias(stored, seen))

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ):
        nn.Module.__init__(self)
        self.training = False
        self._legacy_input_shape = legacy_input_shape(kwargs)
        check_name_and_rest(type(self), name, kwargs)
        self.name = name or auto_name(to_snake_case(type(self).__name__))
        self._path = self.name
        self.dtype_policy = policy.get_policy(dtype).at(self.name)
        self.autocast = autocast
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._torch_dtype = dtypes.to_torch_dtype(self.dtype_policy.compute_dtype)
        self._trainable = bool(trainable)
        self._layouts: dict[str, Layout] = {}
        self._losses: list[Tensor] = []
        self._number = next(_numbers)
        self._inbound_nodes: list[Node] = []
        self._build_shapes: Any = None
        self._fast = False

    # ---- calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Compute, or record the call if an input is symbolic; the first call builds."""
        if len(args) == 1 and not kwargs:
            x, wanted = args[0], self._torch_dtype
            if (type(x) is Tensor and (x.dtype is wanted or not x.is_floating_point())) or (
                type(x) is list and all(type(one) is Tensor and one.dtype is wanted for one in x)
            ):  # nothing to convert, nothing symbolic
                more = (state.eager_masks and masked(x)) or (state.losses and self._modules)
                if self._fast and not more:
                    try:
                        return self._call_impl(x)  # what nn.Module.__call__ calls
                    except RuntimeError:
                        self._check_inputs(args)  # a clearer error, if it is the input's fault
                        raise
                return eager_call(self, args, kwargs)
        if not args:
            args, kwargs = self._signature.with_first_in_front(kwargs)
        if any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        return eager_call(self, *converted(self, args, kwargs))

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the outputs; a subclass says how."""
        raise NotImplementedError(f"{type(self).__name__} defines no call() method.")

    forward = call
    _signature: ClassVar[CallSignature] = CallSignature(call)

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Record a call on KerasTensors and return the KerasTensors it will give."""
        args, kwargs = tree.map_structure(as_constant, (args, kwargs))
        self._check_inputs(args)
        if not self.built:
            build_for(self, args, kwargs)
        kwargs = {**kwargs, **self._signature.masks_for(args, kwargs)}
        state.stack.append(self)
        try:
            outputs = self.compute_output_spec(*args, **kwargs)
        finally:
            state.stack.pop()
        self._inbound_nodes.append(Node(self, args, kwargs, outputs))
        self._record_output_mask(args, kwargs, outputs)
        return outputs

    def _in_training(self, training: bool | None) -> bool:
        """Return whether a call trains, given its `training` argument."""
        training = state.training if training is None else training
        return self.training if training is None else training

    def _check_inputs(self, args: tuple[Any, ...]) -> None:
        if self.input_spec is not None and args:
            check_inputs(self.input_spec, args[0], self.described)
        if self.checks_input_shape and args and not torch.compiler.is_compiling():
            self.compute_output_shape(tree.map_structure(shape_of, args[0]))

    # ---- building

    def build(self, *args: Any, **kwargs: Any) -> None:
        """Make the weights for the given input shape; a subclass says how."""
        self.built = True
        self._settle()

    def build_at_init(self) -> None:
        """Note that nothing is left to build, for a layer without weights or a `build`."""
        if type(self).build is Layer.build:
            Layer.build(self)

    def add_weight(
        self,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str = "none",
        overwrite_with_gradient: bool = False,
        name: str | None = None,
        layout: Layout | None = None,
    ) -> Variable:
        """Make a weight of this layer.

        Args:
            shape: its shape, as Keras sees it; () by default.
            initializer: name, object or function of (shape, dtype); by default glorot_uniform for
                floating types, zeros for others.
            dtype: number type; by default the layer's.
            trainable: whether gradients are wanted.
            autocast: kept for Keras's sake; torch.autocast decides where precision is mixed.
            regularizer: a function of the weight, added to the loss.
            constraint: a function that maps the weight to a permitted one after each update.
            aggregation: only "none".
            overwrite_with_gradient: only False.
            name: Keras's name for it.
            layout: how Keras sees it, if torch stores it another way.

        Raises:
            ValueError: for unsupported arguments, or a shape that is not fully known.
        """
        return new_weight(
            self, shape, initializer, dtype, trainable, regularizer, constraint, aggregation,
            overwrite_with_gradient, name, layout,
        )  # fmt: skip

    add_variable = add_weight

    def _settle(self) -> None:
        """Work out, once built, whether calls may take the short way."""
        self._fast = (
            (self.built and not self._modules and type(self).__call__ is Layer.__call__)
            and (self.finds_training or not self._signature.takes_training)
            and not (self._own_compute_mask and self.makes_masks)
            and self.activity_regularizer is None
            and self._compiled_call_impl is None
            and not self._losses
            and (self.input_spec is None or self._torch_checks_input)
            and self.dtype_policy.compute_dtype == self.dtype_policy.variable_dtype
        )

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """Return the output shape for an input shape; by default the code is run to find out."""
        return output_shape(self, args, kwargs)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return the outputs of a call as KerasTensors."""
        return output_spec(self, args, kwargs)

    # ---- masks

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of the output: that of the input, unless a subclass says otherwise."""
        return previous_mask

    def _record_output_mask(self, args: Any, kwargs: Any, outputs: Any) -> None:
        record_output_mask(self, args, outputs)

    # ---- weights

    def __setattr__(self, name: str, value: Any) -> None:
        """Register modules in lists and dicts too, and weights under their attribute's name."""
        forget_holder(self, name)
        if hold(self, name, value):
            return
        if isinstance(value, nn.Module):
            take_in(self, value)
        if isinstance(value, Variable):
            forget_elsewhere(self, value, name)
            if value.keras_layout is not None:
                self._layouts[name] = value.keras_layout
        super().__setattr__(name, value)
        if isinstance(value, nn.Module) or name == "_compiled_call_impl":
            self._settle()

    def __delattr__(self, name: str) -> None:
        forget_holder(self, name)
        super().__delattr__(name)

    def add_module(self, name: str, module: nn.Module | None) -> None:
        """Register a child; a layer that a torch tool replaces may stay and change instead."""
        current = self._modules.get(name)
        if isinstance(current, Layer) and module is not None:
            module = current._replaced_by(module)
        super().add_module(name, module)

    def _replaced_by(self, module: nn.Module) -> nn.Module:
        """Return what takes this layer's place when `module` is put there."""
        return module

    def _apply(self, fn: Any, recurse: bool = True) -> Any:
        """Move or convert the weights, for `to`, `half` and the like."""
        before = before_moving(self)
        super()._apply(fn, recurse)
        after_moving(self, before, fn)
        return self

    @property
    def weights(self) -> list[Any]:
        """All weights as Keras lays them out: this layer's, then those of the layers inside."""
        return collect_weights(self)

    variables = weights

    @property
    def trainable_weights(self) -> list[Any]:
        """The weights that are to be trained."""
        return [weight for weight in collect_weights(self) if weight.trainable]

    trainable_variables = trainable_weights

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The weights that are not to be trained."""
        return [weight for weight in collect_weights(self) if not weight.trainable]

    non_trainable_variables = non_trainable_weights

    def get_weights(self) -> list[np.ndarray]:
        """Return the values of `weights` as NumPy arrays, in Keras's layout."""
        return [weight.numpy() for weight in self.weights]

    def set_weights(self, weights: list[Any]) -> None:
        """Set the values of `weights` from arrays in Keras's layout.

        Raises:
            ValueError: if their number or a shape differs; nothing is changed then.
        """
        set_weights(self, weights)

    def count_params(self) -> int:
        """Return how many numbers the weights hold.

        Raises:
            ValueError: if the layer has not been built.
        """
        if not self.built:
            raise ValueError(
                f"{self.described} has no weights yet to count: call build(input_shape) first."
            )
        return sum(weight.numel() for weight in self.weights)

    @property
    def trainable(self) -> bool:
        """Whether the weights are to be trained; setting it sets all layers inside too."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        set_trainable(self, bool(value))

    def save_own_variables(self, store: dict[str, Any]) -> None:
        """Put this layer's own weights into `store` under "0", "1" and so on."""
        save_own_variables(self, store)

    def load_own_variables(self, store: Any) -> None:
        """Take this layer's own weights from what `save_own_variables` filled.

        Raises:
            ValueError: if there are more or fewer than this layer has.
        """
        load_own_variables(self, store)

    # ---- losses and metrics

    def add_loss(self, loss: Any) -> None:
        """Add to the loss a scalar tensor (or several) computed in `call`.

        Raises:
            ValueError: for something that is no scalar.
        """
        add_loss(self, loss)

    @property
    def losses(self) -> list[Tensor]:
        """The values of `add_loss` in the last call, and the penalties of all regularizers."""
        return losses_of(self)

    def add_metric(self, *args: Any, **kwargs: Any) -> None:
        """Not available in Keras 3 either: assign a `Metric` to an attribute and update it."""
        raise NotImplementedError(
            "Keras 3 has no add_metric(): assign a Metric to an attribute, call its update_state()."
        )

    @property
    def metrics(self) -> list[Metric]:
        """The metrics set as attributes of this layer and of the layers inside."""
        return [module for module in self.modules() if isinstance(module, Metric)]

    @property
    def metrics_variables(self) -> list[Any]:
        """The state of all metrics."""
        return [variable for metric in self.metrics for variable in metric.variables]

    # ---- identity

    @property
    def described(self) -> str:
        """The class and the name, as errors give them: "Dense 'dense_1'"."""
        return f"{type(self).__name__} {self.name!r}"

    @property
    def path(self) -> str:
        """The names of the enclosing layers and this one's: "model/block/dense"."""
        return self._path

    @property
    def dtype(self) -> str:
        """The number type of the weights, by name."""
        return self.dtype_policy.variable_dtype

    variable_dtype = dtype

    @property
    def compute_dtype(self) -> str:
        """The number type of the computation, by name."""
        return self.dtype_policy.compute_dtype

    input_dtype = compute_dtype

    @property
    def input(self) -> Any:
        """The symbolic input of the first call in a functional model."""
        node = first_node(self)
        given = [*node.args, *node.kwargs.values()]
        return given[0] if node.inputs else node.outputs

    @property
    def output(self) -> Any:
        """The symbolic output of the first call in a functional model."""
        return first_node(self).outputs

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer again, as plain values."""
        return configuration.layer_config(self, super().get_config())

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make a layer from what `get_config` returned."""
        return configuration.layer_from_config(cls, config)

    def get_build_config(self) -> dict[str, Any] | None:
        """Return what `build` was called with; None before."""
        return configuration.build_config(self)

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build from what `get_build_config` returned."""
        configuration.build_from_config(self, config)

    def __setstate__(self, state_dict: dict[str, Any]) -> None:
        super().__setstate__(state_dict)
        self._number = next(_numbers)
        adopt_all(self)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_inbound_nodes": [], "_losses": []}

    __getattr__ = find

    def extra_repr(self) -> str:
        """Return what `print(model)` shows between the parentheses."""
        return f"name={self.name!r}, built={self.built}"

    def _device(self) -> torch.device:
        for weight in self.parameters():
            return weight.device
        return config.device()
