"""Networks with pretrained weights, and other libraries' networks as functional models."""

from kerlite.applications import imagenet_utils as imagenet_utils
from kerlite.applications import others as others
from kerlite.applications import resnet50 as resnet50
from kerlite.applications.convnext import ConvNeXtBase as ConvNeXtBase
from kerlite.applications.convnext import ConvNeXtLarge as ConvNeXtLarge
from kerlite.applications.convnext import ConvNeXtSmall as ConvNeXtSmall
from kerlite.applications.convnext import ConvNeXtTiny as ConvNeXtTiny
from kerlite.applications.convnext import ConvNeXtXLarge as ConvNeXtXLarge
from kerlite.applications.densenet import DenseNet121 as DenseNet121
from kerlite.applications.densenet import DenseNet169 as DenseNet169
from kerlite.applications.densenet import DenseNet201 as DenseNet201
from kerlite.applications.efficientnet import EfficientNetB0 as EfficientNetB0
from kerlite.applications.efficientnet import EfficientNetB1 as EfficientNetB1
from kerlite.applications.efficientnet import EfficientNetB2 as EfficientNetB2
from kerlite.applications.efficientnet import EfficientNetB3 as EfficientNetB3
from kerlite.applications.efficientnet import EfficientNetB4 as EfficientNetB4
from kerlite.applications.efficientnet import EfficientNetB5 as EfficientNetB5
from kerlite.applications.efficientnet import EfficientNetB6 as EfficientNetB6
from kerlite.applications.efficientnet import EfficientNetB7 as EfficientNetB7
from kerlite.applications.efficientnet_v2 import EfficientNetV2B0 as EfficientNetV2B0
from kerlite.applications.efficientnet_v2 import EfficientNetV2B1 as EfficientNetV2B1
from kerlite.applications.efficientnet_v2 import EfficientNetV2B2 as EfficientNetV2B2
from kerlite.applications.efficientnet_v2 import EfficientNetV2B3 as EfficientNetV2B3
from kerlite.applications.efficientnet_v2 import EfficientNetV2L as EfficientNetV2L
from kerlite.applications.efficientnet_v2 import EfficientNetV2M as EfficientNetV2M
from kerlite.applications.efficientnet_v2 import EfficientNetV2S as EfficientNetV2S
from kerlite.applications.from_torch import from_timm as from_timm
from kerlite.applications.from_torch import from_torch as from_torch
from kerlite.applications.inception_resnet_v2 import InceptionResNetV2 as InceptionResNetV2
from kerlite.applications.inception_v3 import InceptionV3 as InceptionV3
from kerlite.applications.mobilenet import MobileNet as MobileNet
from kerlite.applications.mobilenet_v2 import MobileNetV2 as MobileNetV2
from kerlite.applications.mobilenet_v3 import MobileNetV3Large as MobileNetV3Large
from kerlite.applications.mobilenet_v3 import MobileNetV3Small as MobileNetV3Small
from kerlite.applications.nasnet import NASNetLarge as NASNetLarge
from kerlite.applications.nasnet import NASNetMobile as NASNetMobile
from kerlite.applications.preprocess import Preprocess as Preprocess
from kerlite.applications.pretrained import PretrainedModel as PretrainedModel
from kerlite.applications.registry import get as get
from kerlite.applications.registry import list as list
from kerlite.applications.resnet import ResNet50 as ResNet50
from kerlite.applications.resnet import ResNet101 as ResNet101
from kerlite.applications.resnet import ResNet152 as ResNet152
from kerlite.applications.resnet_v2 import ResNet50V2 as ResNet50V2
from kerlite.applications.resnet_v2 import ResNet101V2 as ResNet101V2
from kerlite.applications.resnet_v2 import ResNet152V2 as ResNet152V2
from kerlite.applications.vgg16 import VGG16 as VGG16
from kerlite.applications.vgg19 import VGG19 as VGG19
from kerlite.applications.xception import Xception as Xception

__all__ = [
    "VGG16",
    "VGG19",
    "ConvNeXtBase",
    "ConvNeXtLarge",
    "ConvNeXtSmall",
    "ConvNeXtTiny",
    "ConvNeXtXLarge",
    "DenseNet121",
    "DenseNet169",
    "DenseNet201",
    "EfficientNetB0",
    "EfficientNetB1",
    "EfficientNetB2",
    "EfficientNetB3",
    "EfficientNetB4",
    "EfficientNetB5",
    "EfficientNetB6",
    "EfficientNetB7",
    "EfficientNetV2B0",
    "EfficientNetV2B1",
    "EfficientNetV2B2",
    "EfficientNetV2B3",
    "EfficientNetV2L",
    "EfficientNetV2M",
    "EfficientNetV2S",
    "InceptionResNetV2",
    "InceptionV3",
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Large",
    "MobileNetV3Small",
    "NASNetLarge",
    "NASNetMobile",
    "Preprocess",
    "PretrainedModel",
    "ResNet50",
    "ResNet50V2",
    "ResNet101",
    "ResNet101V2",
    "ResNet152",
    "ResNet152V2",
    "Xception",
    "from_timm",
    "from_torch",
    "get",
    "imagenet_utils",
    "list",
    "others",
    "resnet50",
]
