"""Code of the shop."""
from .settings import REGION, Settings

__all__ = ["REGION", "Settings"]
