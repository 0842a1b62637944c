"""Operations on images.

Source: keras.ops.image.
"""

from kerlite.ops.image.colors import hsv_to_rgb as hsv_to_rgb
from kerlite.ops.image.colors import rgb_to_grayscale as rgb_to_grayscale
from kerlite.ops.image.colors import rgb_to_hsv as rgb_to_hsv
from kerlite.ops.image.filters import gaussian_blur as gaussian_blur
from kerlite.ops.image.filters import sobel_edges as sobel_edges
from kerlite.ops.image.filters import ssim as ssim
from kerlite.ops.image.geometry import affine_transform as affine_transform
from kerlite.ops.image.geometry import elastic_transform as elastic_transform
from kerlite.ops.image.geometry import perspective_transform as perspective_transform
from kerlite.ops.image.patches import crop_images as crop_images
from kerlite.ops.image.patches import extract_patches as extract_patches
from kerlite.ops.image.patches import extract_patches_3d as extract_patches_3d
from kerlite.ops.image.patches import pad_images as pad_images
from kerlite.ops.image.resampling import scale_and_translate as scale_and_translate
from kerlite.ops.image.resize import resize as resize
from kerlite.ops.image.sampling import map_coordinates as map_coordinates

__all__ = [
    "affine_transform",
    "crop_images",
    "elastic_transform",
    "extract_patches",
    "extract_patches_3d",
    "gaussian_blur",
    "hsv_to_rgb",
    "map_coordinates",
    "pad_images",
    "perspective_transform",
    "resize",
    "rgb_to_grayscale",
    "rgb_to_hsv",
    "scale_and_translate",
    "sobel_edges",
    "ssim",
]
